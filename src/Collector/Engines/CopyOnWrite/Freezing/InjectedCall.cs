using System.Diagnostics;
using HeapDrift.Collector.Native;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Makes system calls in a stopped thread of the worker by way of a <see cref="HealingStub"/>. At the end of each the thread is stopped,
/// with registers with which it can go on at any time.
/// </summary>
internal sealed class InjectedCall(int pid, WorkerMemory memory, ulong place)
{
    /// <summary>Copying the page tables of 100 GB takes less than 2 s; the call itself cannot be cancelled.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    private const long RestartNoInterrupt = -513;

    /// <summary>A thread may be anywhere in the stub: its bytes are not ours to change.</summary>
    private bool _isInUse;

    /// <summary>The process that the last call created.</summary>
    public int NewProcess { get; private set; }

    /// <summary>Tries one suitable thread after the other: one of them may be about to handle a signal, which goes first.</summary>
    /// <returns>What the kernel returned: a result or a negative errno.</returns>
    /// <exception cref="FreezeException">It could not be made; all is as before, or mends itself once the tracer is gone.</exception>
    public long Run(StoppedWorker worker, SystemCall call)
    {
        IEnumerable<TracedThread> candidates =
            worker.Threads.Where(thread => thread.SuitabilityForCall is not null).OrderBy(thread => thread.SuitabilityForCall).ToArray();
        long now = Stopwatch.GetTimestamp();
        if (!memory.IsFree(place, now, StubPlace.QuietTicks))
        {
            throw new FreezeException(FreezeFailure.Busy, $"process {pid} changed while it was stopped");
        }

        try
        {
            foreach (TracedThread thread in candidates)
            {
                memory.WriteStub(place, thread.Registers.Healed(), call.Clones, now);
                if (RunIn(thread, call) is { } result)
                {
                    return result;
                }
            }
        }
        catch (IOException refused)
        {
            throw new FreezeException(FreezeFailure.Refused, $"the kernel does not let process {pid} be copied safely: {refused.Message}", refused);
        }
        finally
        {
            Erase();
        }

        throw new FreezeException(FreezeFailure.Busy, $"every thread of process {pid} is busy with signals");
    }

    /// <summary>Null where a signal came first.</summary>
    private long? RunIn(TracedThread thread, SystemCall call)
    {
        _isInUse = true;
        if (!thread.TrySetRegisters(call.Registers(thread.Registers, place)) || !thread.Resume(PtraceRequest.ContinueToSystemCall))
        {
            throw Lost(thread);
        }

        bool hasEntered = false;
        while (true)
        {
            WaitStatus status = Await(thread);
            if (!status.IsStopped)
            {
                throw Lost(thread);
            }

            if (status.IsSystemCallStop && hasEntered)
            {
                return Finish(thread);
            }

            hasEntered |= status.IsSystemCallStop;
            if (status.Event == WaitStatus.EventClone)
            {
                NewProcess = Ptrace.EventMessage(thread.Tid);
            }
            else if (status.IsSignalDelivery || status.IsGroupStop)
            {
                // Still before the stub, where the kernel has its own rule for the interrupted call and this signal.
                _isInUse = !thread.TrySetRegisters(thread.Registers);
                thread.PendingSignal = status.IsSignalDelivery ? status.Signal : 0;
                return status.IsGroupStop ? throw Failures.IsStopped(pid) : null;
            }

            thread.IsStopped = false;
            thread.Resume(PtraceRequest.ContinueToSystemCall);
        }
    }

    private long? Finish(TracedThread thread)
    {
        long result = (long)thread.ReadResult();
        _isInUse = !thread.TrySetRegisters(thread.Registers.Healed());
        return result == RestartNoInterrupt ? null : result;
    }

    private FreezeException Lost(TracedThread thread)
    {
        thread.IsGone = true;
        return Failures.Gone(pid);
    }

    private WaitStatus Await(TracedThread thread)
    {
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            int found = Ptrace.Wait(thread.Tid, blocks: false, out WaitStatus status);
            if (found != 0)
            {
                thread.IsStopped = true;
                return found > 0 ? status : default;
            }

            if (Stopwatch.GetElapsedTime(began) > Deadline)
            {
                throw Failures.DoesNotStop(pid);
            }

            Ptrace.Yield();
        }
    }

    private void Erase()
    {
        if (_isInUse)
        {
            return;
        }

        try
        {
            memory.Erase(place);
        }
        catch (IOException)
        {
            // The process ended; there is nothing left to be put back.
        }
    }
}
