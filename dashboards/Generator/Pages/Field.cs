using HeapDrift.Instrumentation;
using Names = HeapDrift.Instrumentation.TelemetryNames.Attributes;

namespace HeapDrift.Dashboards.Pages;

/// <summary>Attributes of log events under the names that Loki gives them: it knows no dots.</summary>
internal static class Field
{
    /// <summary>The label of Loki for the service, and of Prometheus.</summary>
    public static readonly string Service = Of(Names.ServiceName);
    public static readonly string Pid = Of(Names.ProcessPid);

    /// <summary>Which agent.</summary>
    public const string Instance = "instance";

    /// <summary>Loki's own, of the trace that a line belongs to.</summary>
    public const string Trace = "trace_id";

    /// <summary>When; which of the two depends on the version of Grafana.</summary>
    public static readonly IReadOnlyList<string> Time = ["Time", "timestamp"];

    /// <summary>The sentence; as <see cref="Time"/>.</summary>
    public static readonly IReadOnlyList<string> Line = ["Line", "body"];

    public static readonly string CaptureId = Of(Names.CaptureId);
    public static readonly string Verdict = Of(Names.Verdict);
    public static readonly string Outcome = Of(Names.Outcome);
    public static readonly string Trigger = Of(Names.Trigger);
    public static readonly string Alert = Of(Names.AlertName);
    public static readonly string Engine = Of(Names.Engine);
    public static readonly string Findings = Of(Names.Findings);
    public static readonly string Rank = Of(Names.FindingRank);
    public static readonly string Type = Of(Names.FindingType);
    public static readonly string Holder = Of(Names.FindingHolder);
    public static readonly string Path = Of(Names.FindingPath);
    public static readonly string Retained = Of(Names.FindingRetainedBytesDelta);
    public static readonly string Share = Of(Names.FindingShareOfGrowth);
    public static readonly string FindingVerdict = Of(Names.FindingVerdict);
    public static readonly string Status = Of(Names.FindingStatus);
    public static readonly string Fingerprint = Of(Names.FindingFingerprint);
    public static readonly string Function = Of(Names.CodeFunction);
    public static readonly string File = Of(Names.CodeFile);
    public static readonly string CodeLine = Of(Names.CodeLine);
    public static readonly string Stack = Of(Names.CodeStacktrace);
    public static readonly string Samples = Of(Names.AllocationSamples);
    public static readonly string TypeName = Of(Names.TypeName);
    public static readonly string TypeBytes = Of(Names.TypeBytesDelta);
    public static readonly string TypeObjects = Of(Names.TypeObjectsDelta);

    public static string Of(string attribute) => attribute.Replace('.', '_');

    /// <summary>LogQL: the lines of one event, further filtered.</summary>
    public static string Events(string name, params IEnumerable<string> filters) =>
        string.Join(" | ", [$$"""{service_name=~"$service"}""", $"{Of(Names.EventName)}=\"{name}\"", .. filters]);
}
