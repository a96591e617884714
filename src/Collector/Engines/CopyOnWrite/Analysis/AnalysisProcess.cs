using System.Diagnostics;
using System.Text.Json;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Heap;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Analysis;

/// <summary>
/// The analysing process as its parent sees it. A DAC that crashes, or a heap that it chokes on, ends that process and not the tool; and what
/// it leaves in the worker its parent clears away.
/// </summary>
internal sealed class AnalysisProcess : IDisposable
{
    /// <summary>Words that begin the command line of the analysing process; nobody types them.</summary>
    public const string Command = "analyse-copy";

    /// <summary>Where the runtime of a framework-dependent tool is found.</summary>
    private static readonly string[] Inherited = ["PATH", "DOTNET_ROOT", "DOTNET_ROOT_X64", "LD_LIBRARY_PATH"];

    /// <summary>
    /// 128 + SIGILL, SIGABRT, SIGBUS, SIGFPE and SIGSEGV (signal(7)). The DAC is made for dumps of processes that were stopped by others; on a worker
    /// that was compiling code when it was frozen it follows a null pointer about once in 25 times. The next copy finds the worker elsewhere.
    /// </summary>
    private static readonly int[] CrashStatuses = [132, 134, 135, 136, 139];

    private readonly Process _process;

    private AnalysisProcess(Process process) => _process = process;

    public static AnalysisProcess Start()
    {
        var start = new ProcessStartInfo(OwnExecutable.Path, [Command])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nothing of ours that the worker does not have: its code will run in there.
        foreach (string name in start.Environment.Keys.Except(Inherited).ToArray())
        {
            start.Environment.Remove(name);
        }

        // No diagnostics socket, which would stay behind in /tmp where the process is killed.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        return new AnalysisProcess(Process.Start(start)!);
    }

    /// <summary>Gives the order and follows it to its end.</summary>
    /// <param name="order">What to do.</param>
    /// <param name="watch">How long it may say nothing.</param>
    /// <param name="progress">Told the number of objects, now and then.</param>
    /// <param name="samples">Asked for the objects whose allocation was sampled, as of a moment. Null where there are none.</param>
    /// <param name="cancellationToken">Takes the order back.</param>
    /// <exception cref="AnalysisException">There is no snapshot.</exception>
    public async Task<HeapSnapshot> RunAsync(
        AnalysisOrder order, AnalysisPatience watch, IProgress<long>? progress, Func<long, Task<SampleQuery>>? samples, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration takenBack = cancellationToken.Register(() => _process.StandardInput.Close());
        Task<SnapshotDocument?> document = ReadDocumentAsync();
        Task<AnalysisFailure?> failure = ReadWordsAsync(word => Hear(word, watch, progress, samples));
        await SayAsync(JsonSerializer.Serialize(order, AnalysisJson.Default.AnalysisOrder));
        bool hangs = !await EndsAsync(watch);
        AnalysisFailure? said = await failure;
        SnapshotDocument? read = await document;
        cancellationToken.ThrowIfCancellationRequested();
        if (hangs)
        {
            throw new AnalysisException(CaptureOutcome.Failed, watch.Complaint, isWorthRetrying: true);
        }

        return said is null && _process.ExitCode == 0 && read is not null
            ? SnapshotDocuments.FromDocument(read)
            : throw (said is not null
                ? new AnalysisException(said.Outcome, said.Reason, said.IsWorthRetrying)
                : new AnalysisException(
                    CaptureOutcome.Failed,
                    $"the process that reads the frozen copy was killed or crashed in the worker's libmscordaccore.so (exit status {_process.ExitCode})",
                    isWorthRetrying: CrashStatuses.Contains(_process.ExitCode)));
    }

    /// <summary>Has it clear away what is left of copies. What cannot be cleared away now is found by the next snapshot.</summary>
    public async Task SweepAsync(AnalysisOrder order, AnalysisPatience watch)
    {
        Task words = ReadWordsAsync(watch.Heard);
        await SayAsync(JsonSerializer.Serialize(order, AnalysisJson.Default.AnalysisOrder));
        await EndsAsync(watch);
        await words;
    }

    public void Dispose() => _process.Dispose();

    /// <summary>False when it had to be ended.</summary>
    private async Task<bool> EndsAsync(AnalysisPatience watch)
    {
        if (await watch.WaitAsync(_process.WaitForExitAsync(CancellationToken.None)))
        {
            return true;
        }

        _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        return false;
    }

    private void Hear(AnalysisWord word, AnalysisPatience watch, IProgress<long>? progress, Func<long, Task<SampleQuery>>? samples)
    {
        watch.Heard(word);
        if (word.FrozenAt is { } frozenAt && samples is not null)
        {
            _ = AnswerAsync(watch.ThinkAsync(samples(frozenAt)));
        }

        if (word.Objects is { } objects)
        {
            progress?.Report(objects);
        }
    }

    private async Task AnswerAsync(Task<SampleQuery> samples) => await SayAsync(JsonSerializer.Serialize(await samples, AnalysisJson.Default.SampleQuery));

    private async Task SayAsync(string line)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(line);
            await _process.StandardInput.FlushAsync(CancellationToken.None);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException)
        {
            // Its last words say more than a broken pipe.
        }
    }

    private async Task<SnapshotDocument?> ReadDocumentAsync()
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(_process.StandardOutput.BaseStream, CaptureJson.Compact.SnapshotDocument, CancellationToken.None);
        }
        catch (JsonException)
        {
            // It was cut off; the exit status and the last words say why.
            return null;
        }
    }

    private async Task<AnalysisFailure?> ReadWordsAsync(Action<AnalysisWord> hear)
    {
        AnalysisFailure? failure = null;
        string? stray = null;
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (TryParse(line) is { } word)
            {
                failure = word.Failure ?? failure;
                hear(word);
            }
            else if (line.Length > 0)
            {
                stray ??= line;
            }
        }

        return failure ?? (stray is null ? null : new AnalysisFailure(CaptureOutcome.Failed, $"the process that reads the frozen copy failed: {stray}", false));
    }

    private static AnalysisWord? TryParse(string line)
    {
        try
        {
            return line.StartsWith('{') ? JsonSerializer.Deserialize(line, AnalysisJson.Default.AnalysisWord) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
