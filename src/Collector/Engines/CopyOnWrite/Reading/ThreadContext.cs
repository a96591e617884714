using System.Buffers.Binary;
using HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Reading;

/// <summary>
/// Registers as the DAC wants them: the CONTEXT structure of Windows for x64 (dotnet/runtime, src/coreclr/pal/inc/pal.h), whatever the platform.
/// </summary>
internal static class ThreadContext
{
    /// <summary>CONTEXT_AMD64 with control, integer and floating point.</summary>
    private const uint Flags = 0x10000B;

    private const int FlagsOffset = 0x30;
    private const int EFlagsOffset = 0x44;

    /// <summary>Rax, then the others in the order of their numbers, then Rip.</summary>
    private const int FirstRegisterOffset = 0x78;

    public static void Write(ThreadRegisters registers, Span<byte> context)
    {
        context.Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(context[FlagsOffset..], Flags);
        BinaryPrimitives.WriteUInt32LittleEndian(context[EFlagsOffset..], (uint)registers.Eflags);
        ReadOnlySpan<ulong> inOrder =
        [
            registers.Rax, registers.Rcx, registers.Rdx, registers.Rbx, registers.Rsp, registers.Rbp, registers.Rsi, registers.Rdi,
            registers.R8, registers.R9, registers.R10, registers.R11, registers.R12, registers.R13, registers.R14, registers.R15, registers.Rip,
        ];
        for (int register = 0; register < inOrder.Length; register++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(context[(FirstRegisterOffset + register * sizeof(ulong))..], inOrder[register]);
        }
    }
}
