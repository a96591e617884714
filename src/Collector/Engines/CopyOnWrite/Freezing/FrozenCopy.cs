using System.Diagnostics;
using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// A copy of a worker that the kernel made by copy-on-write, and that never runs. The worker goes on after the time that a fork takes. All tracing
/// is done by one thread of ours, which lives as long as the copy: when it ends, in whatever way, the kernel kills the copy.
/// </summary>
internal sealed class FrozenCopy : IDisposable
{
    private const ulong CloneCall = 56;

    /// <summary>
    /// CLONE_FILES and no exit signal (include/uapi/linux/sched.h): the copy shares the table of open files instead of holding each file and
    /// socket open once more, and its end is no SIGCHLD for the worker.
    /// </summary>
    private const ulong CloneFlags = 0x400;

    private readonly ManualResetEventSlim _taken = new();
    private readonly ManualResetEventSlim _letGo = new();
    private readonly Thread _tracer;
    private Exception? _failure;

    private FrozenCopy(int pid, TimeSpan stopDeadline) => _tracer = new Thread(() => Live(pid, stopDeadline)) { IsBackground = true, Name = "tracer" };

    /// <summary>Process id of the copy.</summary>
    public int Pid { get; private set; }

    /// <summary>From asking the first thread to stop to releasing the last.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>The registers of the worker's threads by thread number, as they were when they were stopped.</summary>
    public IReadOnlyDictionary<int, ThreadRegisters> Threads { get; private set; } = new Dictionary<int, ThreadRegisters>();

    /// <param name="pid">The worker.</param>
    /// <param name="stopDeadline">How long its threads may take to stop.</param>
    /// <exception cref="FreezeException">There is no copy, and the worker runs on.</exception>
    public static FrozenCopy Take(int pid, TimeSpan stopDeadline)
    {
        var copy = new FrozenCopy(pid, stopDeadline);
        copy._tracer.Start();
        copy._taken.Wait();
        if (copy._failure is not null)
        {
            copy.Dispose();
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(copy._failure);
        }

        return copy;
    }

    /// <summary>Frees the memory that the copy holds, at once. May be called from any thread, more than once.</summary>
    public void Kill()
    {
        if (Pid != 0 && !_letGo.IsSet)
        {
            Ptrace.Kill(Pid);
        }

        _letGo.Set();
    }

    /// <summary>What is left of it in the worker is for <see cref="CopyReaper"/>.</summary>
    public void Dispose()
    {
        Kill();
        _tracer.Join();
        _taken.Dispose();
        _letGo.Dispose();
    }

    private void Live(int pid, TimeSpan stopDeadline)
    {
        try
        {
            Freeze(pid, stopDeadline);
        }
#pragma warning disable CA1031 // It belongs to the thread that asked.
        catch (Exception failed)
#pragma warning restore CA1031
        {
            _failure = failed;
        }

        _taken.Set();
        _letGo.Wait();
        if (Pid != 0)
        {
            Ptrace.Kill(Pid);
            Ptrace.TryWait(Pid, out _);
        }
    }

    private void Freeze(int pid, TimeSpan stopDeadline)
    {
        WarmUp.Run();
        ulong place = StubPlace.Find(pid);
        using var threads = new StoppedThreads(pid);
        threads.Seize(only: null);
        long started = Stopwatch.GetTimestamp();
        threads.Stop(stopDeadline);
        int thread = threads.Borrow() ?? throw Busy(pid);
        var call = new BorrowedCall(threads, thread, place);
        long? result = call.Run(CloneCall, isFork: true, [CloneFlags]);
        Dictionary<int, ThreadRegisters> registers = threads.Numbers.ToDictionary(number => number, number => new ThreadRegisters(threads.RegistersOf(number)));
        threads.Release();
        Pause = Stopwatch.GetElapsedTime(started);
        Pid = call.Child ?? throw Explain(pid, result);
        Threads = registers;
        Secure();
    }

    /// <summary>From here on the copy dies with us, and first of all if memory runs out.</summary>
    private void Secure()
    {
        Ptrace.TryWait(Pid, out _);
        Ptrace.Try(Ptrace.SetOptions, Pid, 0, Ptrace.OptionExitKill);
        try
        {
            File.WriteAllText($"/proc/{Pid}/oom_score_adj", "1000");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new FreezeException(FreezeFailure.Refused, $"the copy could not be made the first victim if memory runs out ({refused.Message}), so it was let go");
        }
    }

    private static FreezeException Busy(int pid) =>
        new(FreezeFailure.Busy, $"process {pid} was busy with signals every time it was stopped");

    private static FreezeException Explain(int pid, long? result) => result is null or (<= -512 and >= -516)
        ? Busy(pid)
        : new(FreezeFailure.Refused, $"the kernel refused to copy process {pid} ({Marshal.GetPInvokeErrorMessage((int)-result.Value)}): a limit of processes or of memory, or a seccomp filter of the worker");
}
