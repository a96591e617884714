using System.Text.Json;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Instrumentation.Captures;

/// <summary>
/// Reads the one JSON document that a helper prints, while it prints it, so that its text is never in the worker's memory as a whole.
/// </summary>
internal sealed class ReportReader
{
    /// <summary>A report of 100,000 types has 30 MB.</summary>
    public const int Bound = 64 << 20;

    private volatile CaptureReport? _report;
    private volatile string? _fault = "it printed no report";

    /// <summary>Null as long as there is none.</summary>
    public CaptureReport? Report => _report;

    /// <summary>Why there is none.</summary>
    public string? Fault => _fault;

    /// <summary>Reads to the end even behind something malformed, so that the writer is not blocked. Does not throw.</summary>
    public async Task ReadAsync(Stream output)
    {
        var bounded = new BoundedStream(output, Bound);
        await using (bounded.ConfigureAwait(false))
        {
            try
            {
                var report = await JsonSerializer.DeserializeAsync(bounded, CaptureJson.Compact.CaptureReport).ConfigureAwait(false);
                (_report, _fault) = report switch
                {
                    null => (null, "its report is empty"),
                    { SchemaVersion: not CaptureReport.CurrentSchemaVersion } => (null, "its report has another schema version"),
                    _ => (report, (string?)null),
                };
            }
            catch (JsonException malformed)
            {
                _fault = bounded.IsExceeded ? "its report exceeds 64 MB"
                    : bounded.BytesRead == 0 ? "it printed no report"
                    : $"its report is malformed at line {malformed.LineNumber + 1} ({malformed.Path})";
                await DrainAsync(output).ConfigureAwait(false);
            }
            catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
            {
                _fault = "its output broke off";
            }
        }
    }

    private static async Task DrainAsync(Stream output)
    {
        try
        {
            await output.CopyToAsync(Stream.Null).ConfigureAwait(false);
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Nobody wanted it.
        }
    }
}
