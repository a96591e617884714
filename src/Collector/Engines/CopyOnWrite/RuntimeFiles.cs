using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite;

/// <summary>
/// The runtime that a worker has mapped and the DAC (the library that understands its data structures) beside it. A DAC of another build
/// would read wrong numbers instead of failing, so that both must carry the same version.
/// </summary>
internal sealed class RuntimeFiles(ProcFileSystem proc)
{
    private const string Dac = "libmscordaccore.so";

    /// <param name="worker">Whose.</param>
    /// <param name="mapping">From its mappings.</param>
    /// <param name="dacPath">As reached from here.</param>
    /// <param name="version">Of both.</param>
    public CopyOnWriteRefusal? Check(ProcessStatus worker, CoreClrMapping mapping, out string dacPath, out string version)
    {
        dacPath = "";
        version = "";
        if (mapping.LibraryPath is not string library)
        {
            return Failed(
                $"{worker} maps no libcoreclr.so: it is a single-file or NativeAOT program, for which no DAC exists, or no .NET program at all: use --engine eventpipe");
        }

        if (!Directory.Exists(proc.PathInRoot(worker.Pid, "/")))
        {
            return new(
                CaptureOutcome.NotPermitted,
                $"the file system of {worker} cannot be entered through {proc.PathInRoot(worker.Pid, "")}, where the DAC of its runtime would be: run heapdrift as root, or in the worker's own container");
        }

        string runtime = proc.PathInRoot(worker.Pid, library);
        dacPath = proc.PathInRoot(worker.Pid, Path.Join(Path.GetDirectoryName(library), Dac));
        return IsReplaced(mapping, runtime)
            ? Failed($"the runtime of {worker} was replaced at {library} after the worker had started, so that nothing there fits the worker: restart the worker")
            : CheckDac(worker, runtime, dacPath, out version);
    }

    private static bool IsReplaced(CoreClrMapping mapping, string runtime) =>
        mapping.IsDeleted
        || FileStatus.TryRead(runtime) is not { } now
        || (mapping.File is { } then && then.IsOnSameDevice(now.File) && then != now.File);

    private static CopyOnWriteRefusal? CheckDac(ProcessStatus worker, string runtime, string dac, out string version)
    {
        version = "";
        if (FileStatus.TryRead(dac) is not { IsRegular: true })
        {
            return Failed($"there is no {dac}: publish the program of {worker} with it, as .NET does unless it is removed afterwards, or use --engine eventpipe");
        }

        try
        {
            string? expected = EmbeddedVersion.TryRead(runtime);
            string? found = EmbeddedVersion.TryRead(dac);
            version = expected ?? "";
            return expected is null
                ? Failed($"the runtime of {worker} carries no version, so that it cannot be told whether {Dac} beside it fits: use --engine eventpipe")
                : expected == found
                ? null
                : Failed($"{dac} is of version {found ?? "unknown"} and the runtime of {worker} of version {expected}: put the {Dac} of the same build beside it, or use --engine eventpipe");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new(CaptureOutcome.NotPermitted, $"the runtime of {worker} or its DAC {dac} cannot be read ({unreadable.Message.TrimEnd('.')}): make both readable for uid {worker.Uid.Effective}, or run heapdrift as root");
        }
    }

    private static CopyOnWriteRefusal Failed(string reason) => new(CaptureOutcome.Failed, reason);
}
