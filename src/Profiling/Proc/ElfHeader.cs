using System.Buffers.Binary;

namespace HeapDrift.Profiling.Proc;

/// <summary>The beginning of an executable (elf(5)), as <c>/proc/PID/exe</c> leads to it.</summary>
/// <param name="Is64Bit">Its class.</param>
/// <param name="Machine">One of the kernel's numbers in include/uapi/linux/elf-em.h.</param>
internal sealed record ElfHeader(bool Is64Bit, ushort Machine)
{
    /// <summary>Up to and with <c>e_machine</c>, which lies at the same place in both classes.</summary>
    public const int Bytes = 20;

    private const ushort X64 = 62; // EM_X86_64
    private const int ClassOffset = 4; // EI_CLASS
    private const int ByteOrderOffset = 5; // EI_DATA
    private const int MachineOffset = 18;
    private const byte Class64 = 2;
    private const byte BigEndian = 2;

    private static ReadOnlySpan<byte> Magic => [0x7F, (byte)'E', (byte)'L', (byte)'F'];

    /// <summary>Not true for the x32 ABI, whose programs are of the 32-bit class.</summary>
    public bool IsX64 => Is64Bit && Machine == X64;

    /// <exception cref="InvalidDataException">It is not ELF, or cut short.</exception>
    public static ElfHeader Parse(ReadOnlySpan<byte> start, string source)
    {
        if (start.Length < Bytes || !start.StartsWith(Magic))
        {
            throw new InvalidDataException($"{source}, offset 0: expected an ELF header of {Bytes} bytes or more");
        }

        ReadOnlySpan<byte> machine = start[MachineOffset..];
        return new(
            start[ClassOffset] == Class64,
            start[ByteOrderOffset] == BigEndian
                ? BinaryPrimitives.ReadUInt16BigEndian(machine)
                : BinaryPrimitives.ReadUInt16LittleEndian(machine));
    }
}
