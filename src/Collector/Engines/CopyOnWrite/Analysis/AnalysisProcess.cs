using System.Diagnostics;
using System.Text.Json;
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
    /// 128 + SIGSEGV. The DAC is made for dumps of processes that were stopped by others; on a worker that was compiling code when it was frozen it
    /// follows a null pointer about once in 25 times. The next copy finds the worker elsewhere.
    /// </summary>
    private const int CrashStatus = 139;

    private readonly Process _process;

    private AnalysisProcess(Process process) => _process = process;

    public static AnalysisProcess Start()
    {
        var start = new ProcessStartInfo(Executable(), [Command])
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
    /// <exception cref="AnalysisException">There is no snapshot.</exception>
    public async Task<HeapSnapshot> RunAsync(AnalysisOrder order, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration takenBack = cancellationToken.Register(() => _process.StandardInput.Close());
        Task<SnapshotDocument?> document = ReadDocumentAsync();
        Task<AnalysisFailure?> failure = ReadWordsAsync(progress);
        await OrderAsync(order);
        await _process.WaitForExitAsync(CancellationToken.None);
        AnalysisFailure? said = await failure;
        SnapshotDocument? read = await document;
        cancellationToken.ThrowIfCancellationRequested();
        return said is null && _process.ExitCode == 0 && read is not null
            ? SnapshotDocuments.FromDocument(read)
            : throw (said is not null
                ? new AnalysisException(said.Outcome, said.Reason, said.IsWorthRetrying)
                : new AnalysisException(
                    CaptureOutcome.Failed,
                    $"the process that reads the frozen copy was killed or crashed in the worker's libmscordaccore.so (exit status {_process.ExitCode})",
                    isWorthRetrying: _process.ExitCode == CrashStatus));
    }

    /// <summary>Has it clear away what is left of copies. What cannot be cleared away now is found by the next snapshot.</summary>
    public async Task SweepAsync(AnalysisOrder order)
    {
        Task words = ReadWordsAsync(progress: null);
        await OrderAsync(order);
        await _process.WaitForExitAsync(CancellationToken.None);
        await words;
    }

    public void Dispose() => _process.Dispose();

    /// <summary>Ourselves; beside our assembly, because a test that hosts us is another executable.</summary>
    private static string Executable() =>
        Path.Join(AppContext.BaseDirectory, "heapdrift") is var beside && File.Exists(beside) ? beside : Environment.ProcessPath!;

    private async Task OrderAsync(AnalysisOrder order)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order, AnalysisJson.Default.AnalysisOrder));
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

    private async Task<AnalysisFailure?> ReadWordsAsync(IProgress<long>? progress)
    {
        AnalysisFailure? failure = null;
        string? stray = null;
        while (await _process.StandardError.ReadLineAsync(CancellationToken.None) is { } line)
        {
            if (TryParse(line) is { } word)
            {
                failure = word.Failure ?? failure;
                if (word.Objects is { } objects)
                {
                    progress?.Report(objects);
                }
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
