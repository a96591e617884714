using System.Diagnostics;
using System.Globalization;
using HeapDrift.Collector.Native;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// All threads of a process, stopped. Disposing lets them go on with the signals that they were about to get; those that never stopped
/// are let go by the end of the calling thread, as all are where this process is killed.
/// </summary>
internal sealed class StoppedWorker : IDisposable
{
    /// <summary>
    /// New threads come attached, so that none slips through. Never the options for fork and vfork: the worker's children are not ours.
    /// </summary>
    private const int Options = Ptrace.OptionTraceClone | Ptrace.OptionSystemCallBit;

    private readonly int _pid;
    private readonly TimeSpan _deadline;
    private readonly List<TracedThread> _threads = [];
    private readonly Stopwatch _elapsed = new();

    private StoppedWorker(int pid, TimeSpan deadline) => (_pid, _deadline) = (pid, deadline);

    public IReadOnlyList<TracedThread> Threads => _threads;

    /// <summary>Since before the first thread was stopped.</summary>
    public TimeSpan Elapsed => _elapsed.Elapsed;

    /// <exception cref="FreezeException">It runs on as before.</exception>
    public static StoppedWorker Stop(int pid, TimeSpan deadline)
    {
        var worker = new StoppedWorker(pid, deadline);
        try
        {
            worker.SeizeAll();
            worker.InterruptAll();
            worker.AwaitStops();
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    /// <summary>Stops the main thread only; enough to make a call in it, and the one that every other tool would want too.</summary>
    /// <inheritdoc cref="Stop"/>
    public static StoppedWorker StopMainThread(int pid, TimeSpan deadline)
    {
        var worker = new StoppedWorker(pid, deadline);
        try
        {
            worker.TrySeize(pid);
            worker.InterruptAll();
            worker.AwaitStops();
            return worker;
        }
        catch
        {
            worker.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (TracedThread thread in _threads)
        {
            thread.Detach();
        }
    }

    /// <summary>Seizing stops nobody. A thread that is created meanwhile by one not yet seized is found by the next pass.</summary>
    private void SeizeAll()
    {
        long began = Stopwatch.GetTimestamp();
        bool found;
        do
        {
            found = false;
            foreach (int tid in ListThreads().Where(tid => !_threads.Exists(thread => thread.Tid == tid)))
            {
                found |= TrySeize(tid);
            }

            if (Stopwatch.GetElapsedTime(began) > _deadline)
            {
                throw new FreezeException(FreezeFailure.Busy, $"process {_pid} creates threads faster than they can be stopped");
            }
        }
        while (found);
    }

    private bool TrySeize(int tid)
    {
        int error = Ptrace.Request(PtraceRequest.Seize, tid, Options);
        if (error == 0)
        {
            _threads.Add(new(tid, isStranger: false));
            return true;
        }

        // Gone meanwhile, which only matters for the main thread. EPERM is also the kernel's word for traced, and for a dead one.
        ProcessStatus? status = new ProcFileSystem($"/proc/{_pid}/task").TryReadStatus(tid).Value;
        if (status is null || status.HasExited)
        {
            return tid != _pid ? false : throw Failures.Gone(_pid);
        }

        if (status.TracerPid == Ptrace.ThreadId())
        {
            _threads.Add(new(tid, isStranger: false));
            return true;
        }

        throw status.IsTraced ? Failures.AlreadyTraced(_pid, status.TracerPid)
            : error == Ptrace.Esrch ? Failures.Gone(_pid)
            : Failures.NotPermitted(_pid);
    }

    private void InterruptAll()
    {
        _elapsed.Start();
        foreach (TracedThread thread in _threads)
        {
            Ptrace.Request(PtraceRequest.Interrupt, thread.Tid);
        }
    }

    private void AwaitStops()
    {
        while (true)
        {
            bool waits = false;
            bool moved = false;

            // By index: the list grows where a thread was just being created.
            for (int index = 0; index < _threads.Count; index++)
            {
                TracedThread thread = _threads[index];
                if (!thread.IsStopped && !thread.IsGone)
                {
                    waits = true;
                    moved |= Poll(thread);
                }
            }

            if (!waits)
            {
                break;
            }

            if (_elapsed.Elapsed > _deadline)
            {
                throw Failures.DoesNotStop(_pid);
            }

            if (!moved)
            {
                Ptrace.Yield();
            }
        }

        if (_threads.TrueForAll(thread => thread.IsGone))
        {
            throw Failures.Gone(_pid);
        }
    }

    private bool Poll(TracedThread thread)
    {
        int found = Ptrace.Wait(thread.Tid, blocks: false, out WaitStatus status);
        if (found == 0)
        {
            return false;
        }

        if (found < 0 || !status.IsStopped)
        {
            thread.IsGone = true;
        }
        else if (thread.IsStranger)
        {
            thread.IsStopped = true;
            thread.Detach();
            thread.IsGone = true;
        }
        else if (status.Event == WaitStatus.EventClone)
        {
            AdoptNewThread(Ptrace.EventMessage(thread.Tid));

            // This stop took the place of the one asked for, in the middle of a call: ask again.
            Ptrace.Request(PtraceRequest.Interrupt, thread.Tid);
            thread.Resume(PtraceRequest.Continue);
        }
        else
        {
            thread.IsStopped = true;
            thread.PendingSignal = status.IsSignalDelivery ? status.Signal : 0;
            thread.IsGone = !thread.TrySaveRegisters();
            if (status.IsGroupStop)
            {
                throw Failures.IsStopped(_pid);
            }
        }

        return true;
    }

    private void AdoptNewThread(int tid)
    {
        if (tid != 0 && !_threads.Exists(thread => thread.Tid == tid))
        {
            _threads.Add(new(tid, isStranger: !Directory.Exists($"/proc/{_pid}/task/{tid}")));
        }
    }

    private int[] ListThreads()
    {
        try
        {
            return [.. Directory.GetDirectories($"/proc/{_pid}/task").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
        }
        catch (IOException gone)
        {
            throw Failures.Gone(_pid, gone);
        }
    }
}
