using System.Buffers.Binary;
using static HeapDrift.Collector.Engines.CopyOnWrite.Freezing.ThreadRegisters.Index;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// A few instructions that make one system call in a thread of the worker and then put the thread back to where it was, by themselves: if the
/// tracer is killed at any moment, the thread finds its way home without it. Setting the thread's registers to the stub is the only step.
/// Nothing in the stub changes flags or the stack, so that a signal handler may run on top of it at any instruction.
/// </summary>
internal static class HealingStub
{
    public const int Bytes = 160;

    private const int DataOffset = 80;
    private const int WordBytes = sizeof(ulong);

    /// <summary>System calls by number (arch/x86/entry/syscalls/syscall_64.tbl).</summary>
    private const ulong RestartSystemCall = 219;

    // include/linux/errno.h: what the kernel leaves in rax of a thread that was stopped in a system call which is to be restarted.
    private const long RestartSys = -512;
    private const long RestartNoInterrupt = -513;
    private const long RestartNoHandler = -514;
    private const long RestartBlock = -516;

    private const int SystemCallBytes = 2;

    /// <summary>Loads each register from its word behind the code: REX.W mov reg, [rip+disp32]. Rax first, the jump's target last.</summary>
    private static readonly (byte Rex, byte ModRm, int Register)[] Loads =
    [
        (0x48, 0x05, Rax), (0x48, 0x0D, Rcx), (0x48, 0x15, Rdx), (0x48, 0x35, Rsi), (0x48, 0x3D, Rdi), (0x4C, 0x05, R8), (0x4C, 0x15, R10), (0x4C, 0x1D, R11),
    ];

    /// <summary>Code and data for one thread.</summary>
    /// <param name="registers">As they were when the thread was stopped.</param>
    /// <param name="isFork">
    /// The system call returns twice; the second return, with 0, ends the new process. For any other call 0 is a result like any other.
    /// </param>
    public static byte[] Build(ReadOnlySpan<ulong> registers, bool isFork)
    {
        var stub = new byte[Bytes];
        int at = 0;
        Emit(stub, ref at, [0x0F, 0x05]); // syscall
        Emit(stub, ref at, [0x48, 0x91]); // xchg rcx, rax
        int jump = at;
        Emit(stub, ref at, isFork ? [0xE3, 0x00] : [0x66, 0x90]); // jrcxz to the end of the code, or nothing
        for (int load = 0; load < Loads.Length; load++)
        {
            Emit(stub, ref at, [Loads[load].Rex, 0x8B, Loads[load].ModRm]);
            EmitDistance(stub, ref at, DataOffset + load * WordBytes);
        }

        Emit(stub, ref at, [0xFF, 0x25]); // jmp [rip+disp32]
        EmitDistance(stub, ref at, DataOffset + Loads.Length * WordBytes);
        if (isFork)
        {
            stub[jump + 1] = (byte)(at - jump - 2);
        }

        Emit(stub, ref at, [0xBF, 0, 0, 0, 0, 0xB8, 0xE7, 0, 0, 0, 0x0F, 0x05]); // exit_group(0)
        WriteData(stub, registers);
        return stub;
    }

    /// <summary>Whether the kernel would restart the system call in which a thread was stopped.</summary>
    public static bool IsInRestartableCall(ReadOnlySpan<ulong> registers) =>
        (long)registers[OrigRax] >= 0 && (long)registers[Rax] is RestartSys or RestartNoInterrupt or RestartNoHandler or RestartBlock;

    /// <summary>Whether the bytes of a place are free: zero, or a stub that a killed tool left.</summary>
    public static bool IsFree(ReadOnlySpan<byte> place) =>
        !place.ContainsAnyExcept((byte)0) || place.StartsWith((ReadOnlySpan<byte>)[0x0F, 0x05, 0x48, 0x91]);

    /// <summary>
    /// What the thread shall have when it leaves the stub: its registers, or, where it was stopped in a system call, those with which it
    /// makes that call again (arch_do_signal_or_restart in arch/x86/kernel/signal.c).
    /// </summary>
    private static void WriteData(byte[] stub, ReadOnlySpan<ulong> registers)
    {
        bool restarts = IsInRestartableCall(registers);
        for (int load = 0; load < Loads.Length; load++)
        {
            ulong value = registers[Loads[load].Register];
            if (restarts && Loads[load].Register == Rax)
            {
                value = (long)value == RestartBlock ? RestartSystemCall : registers[OrigRax];
            }

            BinaryPrimitives.WriteUInt64LittleEndian(stub.AsSpan(DataOffset + load * WordBytes), value);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(stub.AsSpan(DataOffset + Loads.Length * WordBytes), registers[Rip] - (restarts ? SystemCallBytes : 0UL));
    }

    private static void Emit(byte[] stub, ref int at, ReadOnlySpan<byte> code)
    {
        code.CopyTo(stub.AsSpan(at));
        at += code.Length;
    }

    /// <summary>Counted from the end of the instruction, which these four bytes end.</summary>
    private static void EmitDistance(byte[] stub, ref int at, int target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(stub.AsSpan(at), target - (at + sizeof(int)));
        at += sizeof(int);
    }
}
