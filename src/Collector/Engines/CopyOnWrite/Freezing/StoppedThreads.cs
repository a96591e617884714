using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// The threads of one worker while they are traced. Seizing does not stop a thread; stopping it interrupts its system call, which the kernel
/// restarts when it is released. If the tracer dies, the kernel releases all of them.
/// </summary>
internal sealed unsafe class StoppedThreads(int pid) : IDisposable
{
    private const int RegisterBytes = 256;
    private const int MostThreads = 32_768;

    private readonly Dictionary<int, TracedThread> _threads = [];

    /// <summary>One aligned slot a thread: none crosses a page, so that the kernel never finds half of one missing.</summary>
    private ulong* _registers;
    private int _slots;

    public IEnumerable<int> Numbers => _threads.Keys;

    public int Count => _threads.Count;

    /// <summary>Becomes the tracer of threads that go on running.</summary>
    /// <param name="only">One thread; null for all, also those that are yet to come.</param>
    public void Seize(int? only)
    {
        bool foundNew = true;
        while (foundNew)
        {
            foundNew = false;
            foreach (int thread in only is { } one ? [one] : List())
            {
                foundNew |= !_threads.ContainsKey(thread) && TrySeize(thread, only is null);
            }
        }

        if (_threads.Count == 0)
        {
            throw new FreezeException(FreezeFailure.Gone, $"process {pid} has exited");
        }

        // Room for threads that appear until all stand still.
        _slots = Math.Min(MostThreads, 2 * _threads.Count + 64);
        _registers = (ulong*)NativeMemory.AlignedAlloc((nuint)_slots * RegisterBytes, RegisterBytes);
        NativeMemory.Clear(_registers, (nuint)_slots * RegisterBytes);
    }

    /// <summary>Stops them all and reads their registers.</summary>
    /// <exception cref="FreezeException">One does not stop in time; those that did go on when this is disposed of.</exception>
    public void Stop(TimeSpan deadline)
    {
        foreach (int thread in _threads.Keys)
        {
            Ptrace.Try(Ptrace.Interrupt, thread, 0, 0);
        }

        long started = Stopwatch.GetTimestamp();
        while (AnyRuns())
        {
            int changed = Ptrace.Poll(out WaitStatus status);
            if (changed > 0)
            {
                Note(changed, status);
            }
            else if (changed < 0 && Marshal.GetLastPInvokeError() == Ptrace.Echild)
            {
                throw new FreezeException(FreezeFailure.Gone, $"process {pid} has exited");
            }
            else if (Stopwatch.GetElapsedTime(started) > deadline)
            {
                throw new FreezeException(
                    FreezeFailure.Busy, $"a thread of process {pid} does not stop: it waits in the kernel for a disk, or for a program that it just started");
            }
            else
            {
                _ = Ptrace.Yield();
            }
        }

        ReadRegisters();
    }

    /// <summary>
    /// The thread that is best borrowed for a system call: one that waits in a call which the kernel restarts. Never one with a signal on
    /// its way.
    /// </summary>
    public int? Borrow()
    {
        int? any = null;
        foreach ((int thread, TracedThread traced) in _threads)
        {
            if (traced is { PendingSignal: 0, Event: Ptrace.EventStop })
            {
                if (HealingStub.IsInRestartableCall(RegistersOf(thread)))
                {
                    return thread;
                }

                any ??= thread;
            }
        }

        return any;
    }

    public ReadOnlySpan<ulong> RegistersOf(int thread) => new(SlotOf(_threads[thread]), ThreadRegisters.Words);

    /// <summary>The place from which PTRACE_SETREGS takes a thread's registers.</summary>
    public ulong* RegisterSlotOf(int thread) => SlotOf(_threads[thread]);

    /// <summary>A signal that is to be given to a thread when it is released.</summary>
    public void Remember(int thread, int signal) => _threads[thread].PendingSignal = signal;

    /// <summary>Lets all of them go on.</summary>
    public void Release()
    {
        foreach ((int thread, TracedThread traced) in _threads)
        {
            ReleaseOne(thread, traced);
        }

        _threads.Clear();
    }

    public void Dispose()
    {
        Release();
        NativeMemory.AlignedFree(_registers);
        _registers = null;
    }

    private List<int> List()
    {
        List<int> threads = [];
        try
        {
            foreach (string directory in Directory.EnumerateDirectories($"/proc/{pid}/task"))
            {
                threads.Add(int.Parse(Path.GetFileName(directory.AsSpan()), CultureInfo.InvariantCulture));
            }
        }
        catch (IOException)
        {
            // It has exited, which the empty list says.
        }

        return threads;
    }

    private bool TrySeize(int thread, bool withChildren)
    {
        int options = Ptrace.OptionMarkSystemCalls | (withChildren ? Ptrace.OptionTraceClone : 0);
        if (Ptrace.Try(Ptrace.Seize, thread, 0, options))
        {
            _threads[thread] = new TracedThread(_threads.Count);
            return true;
        }

        return Marshal.GetLastPInvokeError() == Ptrace.Eperm && Directory.Exists($"/proc/{pid}/task/{thread}")
            ? throw new FreezeException(FreezeFailure.NotPermitted, $"process {pid} may not be traced: another tracer is attached, or the kernel forbids it")
            : false;
    }

    private bool AnyRuns()
    {
        foreach (TracedThread thread in _threads.Values)
        {
            if (!thread.IsStopped)
            {
                return true;
            }
        }

        return false;
    }

    private void Note(int thread, WaitStatus status)
    {
        if (!status.IsStopped)
        {
            _threads.Remove(thread);
            return;
        }

        if (!_threads.TryGetValue(thread, out TracedThread? traced))
        {
            if (!Directory.Exists($"/proc/{pid}/task/{thread}") || _threads.Count >= _slots)
            {
                // A process that the worker started by an unusual way; not ours.
                Ptrace.Try(Ptrace.Detach, thread, 0, 0);
                return;
            }

            _threads[thread] = traced = new TracedThread(_threads.Count);
        }

        traced.IsStopped = true;
        traced.Event = status.Event;
        if (status is { Event: 0, Signal: not Ptrace.SystemCallStop })
        {
            traced.PendingSignal = status.Signal;
        }
        else if (status is { Event: Ptrace.EventStop, Signal: not Ptrace.SigTrap })
        {
            throw new FreezeException(FreezeFailure.Refused, $"process {pid} is stopped: let it continue with kill -CONT {pid} first");
        }
    }

    private void ReadRegisters()
    {
        int slot = 0;
        foreach ((int thread, TracedThread traced) in _threads)
        {
            traced.Slot = slot++;
            Ptrace.Try(Ptrace.GetRegisters, thread, 0, (nint)SlotOf(traced));
        }
    }

    private ulong* SlotOf(TracedThread thread) => _registers + thread.Slot * (RegisterBytes / sizeof(ulong));

    /// <summary>Only a stopped thread can be detached: one that runs is stopped for that, or is let go by our own end.</summary>
    private static void ReleaseOne(int thread, TracedThread traced)
    {
        if (!traced.IsStopped && !(Ptrace.Try(Ptrace.Interrupt, thread, 0, 0) && Ptrace.TryWait(thread, out WaitStatus status) && status.IsStopped))
        {
            return;
        }

        Ptrace.Try(Ptrace.Detach, thread, 0, traced.PendingSignal);
    }

    private sealed class TracedThread(int slot)
    {
        public int Slot { get; set; } = slot;

        public bool IsStopped { get; set; }

        public int Event { get; set; }

        public int PendingSignal { get; set; }
    }
}
