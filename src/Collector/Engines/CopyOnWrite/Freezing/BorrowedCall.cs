using System.Runtime.InteropServices;
using static HeapDrift.Collector.Engines.CopyOnWrite.Freezing.ThreadRegisters.Index;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Makes one system call in a stopped thread of the worker. While we live the thread gets back its very registers, so that the kernel restarts
/// what it interrupted and delivers what came meanwhile; if we die in between, the <see cref="HealingStub"/> does nearly the same.
/// </summary>
internal sealed unsafe class BorrowedCall(StoppedThreads threads, int thread, ulong place)
{
    private const int StubWords = HealingStub.Bytes / sizeof(ulong);

    private static readonly int[] ArgumentRegisters = [Rdi, Rsi, Rdx, R10, R8];

    /// <summary>The process that a fork made, as its event told; null when there was none.</summary>
    public int? Child { get; private set; }

    /// <summary>Runs the call and puts the thread back; it is still stopped then.</summary>
    /// <param name="number">Of the system call.</param>
    /// <param name="isFork">It makes a process.</param>
    /// <param name="arguments">Up to five.</param>
    /// <returns>What the call returned, negative for an error. Null when a signal came first, and nothing was called.</returns>
    public long? Run(ulong number, bool isFork, ReadOnlySpan<ulong> arguments)
    {
        ulong* registers = threads.RegisterSlotOf(thread);
        Span<ulong> original = stackalloc ulong[ThreadRegisters.Words];
        new ReadOnlySpan<ulong>(registers, ThreadRegisters.Words).CopyTo(original);
        Write(HealingStub.Build(original, isFork));
        for (int argument = 0; argument < ArgumentRegisters.Length; argument++)
        {
            registers[ArgumentRegisters[argument]] = argument < arguments.Length ? arguments[argument] : 0;
        }

        registers[Rax] = number;
        registers[OrigRax] = ulong.MaxValue;
        registers[Rip] = place;
        Set(registers);
        long? result = Follow(registers);
        original.CopyTo(new Span<ulong>(registers, ThreadRegisters.Words));
        Set(registers);
        Write(new byte[HealingStub.Bytes]);
        return result;
    }

    private void Set(ulong* registers)
    {
        if (!Ptrace.Try(Ptrace.SetRegisters, thread, 0, (nint)registers))
        {
            throw new FreezeException(FreezeFailure.Gone, "the worker exited while it was stopped");
        }
    }

    /// <summary>
    /// From stop to stop: entry of the call, the event of a fork, end of the call. A last stop, asked for, is one from which the kernel
    /// restarts an interrupted call by itself; the end of a call is not.
    /// </summary>
    private long? Follow(ulong* registers)
    {
        long? result = null;
        int resume = Ptrace.ContinueToSystemCall;
        bool isInCall = false;
        while (true)
        {
            if (!Ptrace.Try(resume, thread, 0, 0) || !Ptrace.TryWait(thread, out WaitStatus status) || !status.IsStopped)
            {
                throw new FreezeException(FreezeFailure.Gone, "the worker exited while it was stopped");
            }

            if (status.Event == Ptrace.EventClone)
            {
                ulong child = 0;
                Ptrace.Try(Ptrace.GetEventMessage, thread, 0, (nint)(&child));
                Child = (int)child;
            }
            else if (status is { Event: 0, Signal: Ptrace.SystemCallStop } && !isInCall)
            {
                isInCall = true;
            }
            else if (status is { Event: 0, Signal: Ptrace.SystemCallStop })
            {
                Ptrace.Try(Ptrace.GetRegisters, thread, 0, (nint)registers);
                result = (long)registers[Rax];
                Ptrace.Try(Ptrace.Interrupt, thread, 0, 0);
                resume = Ptrace.Continue;
            }
            else
            {
                threads.Remember(thread, status.Event == 0 ? status.Signal : 0);
                return result;
            }
        }
    }

    private void Write(byte[] bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        for (int word = 0; word < StubWords; word++)
        {
            if (!Ptrace.Try(Ptrace.PokeData, thread, (nint)(place + (ulong)word * sizeof(ulong)), (nint)words[word]))
            {
                throw new FreezeException(FreezeFailure.Refused, $"the worker's memory may not be written (error {Marshal.GetLastPInvokeError()}), which the freezing needs");
            }
        }
    }
}
