namespace HeapDrift.Dashboards.Grafana;

/// <summary>Fixed, so that links and alert annotations hold in every Grafana.</summary>
internal static class Uids
{
    public const string Fleet = "heapdrift-fleet";
    public const string Worker = "heapdrift-worker";
    public const string Capture = "heapdrift-capture";
}
