using System.Diagnostics;
using System.Globalization;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// A copy of a process as it was in one instant: its own process, with the same memory (shared until the worker writes, page by page), of
/// which no instruction ever runs. The worker stands still for the copying only. Killed at any moment, this process leaves a worker that
/// goes on and a copy that ends; what remains of it is a zombie, for <see cref="CopyReaper"/>.
/// </summary>
internal sealed class FrozenCopy : IDisposable
{
    /// <summary>The copy's first stop follows its creation at once; the time is for a machine that swaps.</summary>
    private static readonly TimeSpan FirstStopDeadline = TimeSpan.FromSeconds(10);

    private const int SigKill = 9;

    private readonly int _worker;
    private readonly TimeSpan _stopDeadline;
    private TracerThread? _tracer;

    private FrozenCopy(int worker, TimeSpan stopDeadline) => (_worker, _stopDeadline) = (worker, stopDeadline);

    /// <summary>Of the copy, as this process sees it. Valid until disposal.</summary>
    public int Pid { get; private set; }

    /// <summary>From before the first thread was stopped until the last one was released.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>When all threads stood still, in ticks of the monotonic clock (<see cref="Stopwatch"/>), which all processes share.</summary>
    public long FrozenAt { get; private set; }

    /// <summary>Of all threads of the worker by their ids; the copy has but one.</summary>
    public IReadOnlyDictionary<int, ThreadRegisters> Threads { get; private set; } = new Dictionary<int, ThreadRegisters>();

    /// <param name="pid">The worker.</param>
    /// <param name="stopDeadline">How long its first stopped thread may have to wait for its last one.</param>
    /// <exception cref="FreezeException">There is no copy, and the worker runs on as before.</exception>
    public static FrozenCopy Take(int pid, TimeSpan stopDeadline)
    {
        var copy = new FrozenCopy(pid, stopDeadline);
        copy._tracer = TracerThread.Start($"tracer of {pid}", copy.TakeAndHold);
        return copy;
    }

    /// <summary>Frees at once what the copy holds. May be called from any thread; disposal does the rest.</summary>
    public void Kill() => _tracer?.LetEnd();

    /// <summary>Kills the copy. Its memory is free when this returns.</summary>
    public void Dispose()
    {
        _tracer?.Dispose();
        _tracer = null;
    }

    private void TakeAndHold(TracerThread tracer)
    {
        Failures.ThrowIfUnsuitable(_worker);
        using var memory = new WorkerMemory(_worker);
        var call = new InjectedCall(_worker, memory, StubPlace.Find(_worker, memory));
        try
        {
            Clone(call);
            Tame();
            tracer.ReadyUntilDisposed();
        }
        finally
        {
            End(call.NewProcess);
        }
    }

    private void Clone(InjectedCall call)
    {
        StoppedWorker worker = StoppedWorker.Stop(_worker, _stopDeadline);
        long result;
        try
        {
            FrozenAt = Stopwatch.GetTimestamp();
            result = call.Run(worker, SystemCall.Fork);
        }
        finally
        {
            worker.Dispose();
            Pause = worker.Elapsed;
        }

        if (result < 0 || call.NewProcess == 0)
        {
            throw new FreezeException(FreezeFailure.Refused, $"the kernel refused to copy process {_worker}: {Name((int)-result)}");
        }

        Pid = call.NewProcess;
        Threads = worker.Threads.Where(thread => thread is { IsGone: false, IsStranger: false })
            .ToDictionary(thread => thread.Tid, thread => thread.Registers);
    }

    /// <summary>Dies with this thread, and first of all where memory runs out.</summary>
    private void Tame()
    {
        long began = Stopwatch.GetTimestamp();
        int found;
        WaitStatus status;
        while ((found = Ptrace.Wait(Pid, blocks: false, out status)) == 0 && Stopwatch.GetElapsedTime(began) < FirstStopDeadline)
        {
            Ptrace.Yield();
        }

        if (found <= 0 || !status.IsStopped || Ptrace.Request(PtraceRequest.SetOptions, Pid, Ptrace.OptionExitKill) != 0)
        {
            throw new FreezeException(FreezeFailure.Refused, $"the copy of process {_worker} was killed, probably because memory ran out");
        }

        OomScore.VolunteerAsVictim(Pid);
    }

    /// <summary>Its end is waited for as its tracer, after which it is the worker's zombie. A kill cannot be held up for long.</summary>
    private static void End(int copy)
    {
        if (copy == 0)
        {
            return;
        }

        // The signal needs the copy's user, who this process may not be any more; the request needs its tracer, who this thread is.
        Ptrace.Kill(copy, SigKill);
        Ptrace.Request(PtraceRequest.Kill, copy);
        while (Ptrace.Wait(copy, blocks: true, out WaitStatus status) > 0 && status.IsStopped)
        {
        }
    }

    private static string Name(int error) => error switch
    {
        Ptrace.Eperm => "EPERM (not permitted, by a seccomp profile for instance)",
        Ptrace.Eagain => "EAGAIN (its limit of processes is reached)",
        Ptrace.Enomem => "ENOMEM (not enough memory)",
        _ => string.Create(CultureInfo.InvariantCulture, $"errno {error}"),
    };
}
