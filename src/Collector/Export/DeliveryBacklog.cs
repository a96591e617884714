using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using HeapDrift.Collector.Captures;
using HeapDrift.Collector.Discovery;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Collector.Export;

/// <summary>
/// Sends reports by OTLP, later where it cannot be now, also after a restart: each is marked on disk before the first attempt and unmarked
/// once the receiver has confirmed it. At least once; the same trace every time. Oldest first, one at a time. Bounded in number and age; what
/// falls out is said, and its report stays.
/// </summary>
internal sealed class DeliveryBacklog(string folder, TimeProvider clock, Action<string> complain) : IDisposable
{
    public const int MostUndelivered = 100;

    private static readonly TimeSpan OldestUndelivered = TimeSpan.FromDays(7);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly SemaphoreSlim _added = new(0);
    private int _count;

    /// <summary>Whether there is anywhere to send to.</summary>
    public bool IsOpen { get; } = OtlpEndpoint.IsSet(OtlpEndpoint.ForCaptures, complain);

    /// <summary>Reports that the receiver does not have yet, as of the last look.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a report that is on disk already. A full disk costs the report's delivery, not the report.</summary>
    public void Add(ReportFolder report, Worker worker, ActivityTraceId traceId)
    {
        if (!IsOpen)
        {
            return;
        }

        var mark = new UndeliveredMark
        {
            Resource = OtlpExport.ResourceOf(worker).ToDictionary(attribute => attribute.Key, attribute => Convert.ToString(attribute.Value, CultureInfo.InvariantCulture) ?? ""),
            TraceId = traceId.ToHexString(),
            Since = clock.GetUtcNow(),
        };
        try
        {
            Write(report.Path, mark);
            Interlocked.Increment(ref _count);
            _added.Release();
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            complain($"the report in {report.Path} will not be sent: it cannot be marked as undelivered ({failed.Message})");
        }
    }

    public void Dispose() => _added.Dispose();

    /// <summary>Sends until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        TimeSpan wait = FirstWait;
        while (IsOpen)
        {
            bool isEmpty = await SendAllAsync(cancellationToken);
            wait = isEmpty ? FirstWait : wait;
            await _added.WaitAsync(isEmpty ? LongestWait : Jitter(wait), cancellationToken);
            wait = isEmpty || wait * 2 > LongestWait ? isEmpty ? FirstWait : LongestWait : wait * 2;
        }
    }

    /// <summary>True when nothing is left; false at the first one that the receiver did not take, because the next would not do better.</summary>
    private async Task<bool> SendAllAsync(CancellationToken cancellationToken)
    {
        foreach (string report in Drop(FindUndelivered()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await TrySendAsync(report))
            {
                return false;
            }

            Interlocked.Decrement(ref _count);
        }

        return true;
    }

    private string[] FindUndelivered()
    {
        string[] found = Directory.Exists(folder)
            ? [.. Directory.EnumerateDirectories(folder).Where(report => File.Exists(Path.Join(report, UndeliveredMark.FileName))).Order(StringComparer.Ordinal)]
            : [];
        Volatile.Write(ref _count, found.Length);
        return found;
    }

    private IEnumerable<string> Drop(string[] undelivered)
    {
        foreach (string report in undelivered.SkipLast(MostUndelivered))
        {
            complain($"{report} is not sent any more: more than {MostUndelivered} reports wait for the OTLP receiver. The report stays on disk");
            File.Delete(Path.Join(report, UndeliveredMark.FileName));
        }

        return undelivered.TakeLast(MostUndelivered);
    }

    /// <summary>True when it is off the list, whatever the reason.</summary>
    private async Task<bool> TrySendAsync(string report)
    {
        UndeliveredMark mark;
        CaptureReport content;
        try
        {
            mark = Read(report, UndeliveredMark.FileName, UndeliveredJson.Default.UndeliveredMark);
            content = Read(report, ReportFolder.JsonFile, CaptureJson.Compact.CaptureReport);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException or FormatException)
        {
            return GiveUp(report, $"it cannot be read: {unreadable.Message}");
        }

        if (await SendAsync(content, mark, report) is not { } failure)
        {
            File.Delete(Path.Join(report, UndeliveredMark.FileName));
            return true;
        }

        if (failure.IsFinal || clock.GetUtcNow() - mark.Since > OldestUndelivered)
        {
            return GiveUp(report, failure.Message);
        }

        if (mark.Attempts == 0)
        {
            complain($"the report in {report} is not delivered yet, {failure.Message}; it is kept and sent later");
        }

        TryWrite(report, mark with { Attempts = mark.Attempts + 1, LastFailure = failure.Message });
        return false;
    }

    private static async Task<DeliveryFailure?> SendAsync(CaptureReport report, UndeliveredMark mark, string path)
    {
        using var export = OtlpExport.TryCreate(mark.Resource.Select(Typed), static _ => { });
        CaptureTraceId.Use(ActivityTraceId.CreateFromString(mark.TraceId), () => export?.Begin(report.Trigger, report.Worker, report.StartedAt));
        return export is null ? null : await export.CompleteAsync(report, path);
    }

    /// <summary>The pid is a number by the semantic conventions.</summary>
    private static KeyValuePair<string, object> Typed(KeyValuePair<string, string> attribute) =>
        attribute.Key == Instrumentation.TelemetryNames.Attributes.ProcessPid && long.TryParse(attribute.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long pid)
            ? new(attribute.Key, pid)
            : new(attribute.Key, attribute.Value);

    private bool GiveUp(string report, string reason)
    {
        complain($"{report} is not sent any more, {reason}. The report stays on disk");
        File.Move(Path.Join(report, UndeliveredMark.FileName), Path.Join(report, UndeliveredMark.RefusedFileName), overwrite: true);
        return true;
    }

    private static T Read<T>(string report, string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(File.ReadAllText(Path.Join(report, file)), type) ?? throw new JsonException($"{file} is empty");

    private static void Write(string report, UndeliveredMark mark) =>
        WholeFile.Write(Path.Join(report, UndeliveredMark.FileName), JsonSerializer.Serialize(mark, UndeliveredJson.Default.UndeliveredMark));

    /// <summary>Only the number of attempts would be lost.</summary>
    private void TryWrite(string report, UndeliveredMark mark)
    {
        try
        {
            Write(report, mark);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            complain($"{report} cannot be written to: {failed.Message}");
        }
    }

    /// <summary>Many agents wait for one receiver.</summary>
    private static TimeSpan Jitter(TimeSpan wait) => wait * (0.75 + (System.Security.Cryptography.RandomNumberGenerator.GetInt32(500) / 1000d));
}
