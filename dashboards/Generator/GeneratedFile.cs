using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using HeapDrift.Dashboards.Grafana;
using HeapDrift.Dashboards.Pages;
using HeapDrift.Dashboards.Reference;

namespace HeapDrift.Dashboards;

/// <summary>A file of the repository that nobody edits by hand.</summary>
/// <param name="Path">From the root of the clone.</param>
/// <param name="Text">All of it.</param>
internal sealed record GeneratedFile(string Path, string Text)
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IEnumerable<GeneratedFile> All() =>
    [
        Of(FleetPage.Build()),
        Of(WorkerPage.Build()),
        Of(CapturePage.Build()),
        new("docs/telemetry.md", TelemetryReference.Write()),
    ];

    private static GeneratedFile Of(Dashboard dashboard) => new($"dashboards/grafana/{dashboard.Uid}.json", Write(dashboard.ToJson()));

    private static string Write(JsonObject json) => json.ToJsonString(Readable) + "\n";
}
