using System.Buffers.Binary;

namespace HeapDrift.Collector.Engines.CopyOnWrite.Freezing;

/// <summary>
/// Code that makes one system call in somebody else's thread and then puts that thread's registers back by itself. Setting the
/// instruction pointer to it is the only step in which the tracer matters: killed at any later instant, it leaves a thread that heals.
/// No instruction changes the flags, the stack pointer or memory, so a signal handler may run on top of any of them.
/// </summary>
internal static class HealingStub
{
    public const int Size = 192;

    private const int MarkAt = Size - 16;
    private const int TimeAt = Size - 8;
    private const int DataAt = 96;

    /// <summary>"HeapDrft" as it lies in memory: what a killed tool leaves behind is known by it.</summary>
    private const ulong Mark = 0x7466_7244_7061_6548;

    /// <summary>In the copy, which gets 0 from clone, the branch is taken: it ends at once unless a tracer holds it.</summary>
    private static ReadOnlySpan<byte> ChildBranch =>
    [
        0x48, 0x91, // xchg rcx, rax
        0xe3, 0, // jrcxz child
    ];

    private static ReadOnlySpan<byte> Child =>
    [
        0x31, 0xff, // xor edi, edi
        0xb8, 0xe7, 0, 0, 0, // mov eax, 231 (exit_group)
        0x0f, 0x05, // syscall
        0xf4, // hlt
    ];

    /// <summary>mov reg, [rip + disp32] without the displacement, in the order of the data words.</summary>
    private static readonly byte[][] Loads =
    [
        [0x48, 0x8b, 0x05], // rax
        [0x48, 0x8b, 0x0d], // rcx
        [0x48, 0x8b, 0x15], // rdx
        [0x48, 0x8b, 0x35], // rsi
        [0x48, 0x8b, 0x3d], // rdi
        [0x4c, 0x8b, 0x05], // r8
        [0x4c, 0x8b, 0x15], // r10
        [0x4c, 0x8b, 0x1d], // r11
        [0xff, 0x25], // jmp
    ];

    /// <param name="into">192 bytes.</param>
    /// <param name="healed">What the thread goes on with.</param>
    /// <param name="clones">
    /// Whether a result of 0 means "this is the copy". Never for another call: a wait4 that finds nobody returns 0 in the worker itself.
    /// </param>
    /// <param name="now">Monotonic time in ticks, for <see cref="IsFreeAt"/>.</param>
    public static void Write(Span<byte> into, in ThreadRegisters healed, bool clones, long now)
    {
        into.Clear();
        into[0] = 0x0f;
        into[1] = 0x05; // syscall
        int at = 2;
        int branchAt = at;
        if (clones)
        {
            ChildBranch.CopyTo(into[at..]);
            at += ChildBranch.Length;
        }

        for (int word = 0; word < Loads.Length; word++)
        {
            Loads[word].CopyTo(into[at..]);
            at += Loads[word].Length;
            BinaryPrimitives.WriteInt32LittleEndian(into[at..], DataAt + (word * 8) - (at + 4));
            at += 4;
        }

        if (clones)
        {
            into[branchAt + ChildBranch.Length - 1] = (byte)(at - (branchAt + ChildBranch.Length));
            Child.CopyTo(into[at..]);
        }

        ReadOnlySpan<ulong> data =
            [healed.Rax, healed.Rcx, healed.Rdx, healed.Rsi, healed.Rdi, healed.R8, healed.R10, healed.R11, healed.Rip];
        for (int word = 0; word < data.Length; word++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(into[(DataAt + (word * 8))..], data[word]);
        }

        BinaryPrimitives.WriteUInt64LittleEndian(into[MarkAt..], Mark);
        BinaryPrimitives.WriteInt64LittleEndian(into[TimeAt..], now);
    }

    /// <summary>
    /// Whether a stub may be written over these bytes: nobody ever wrote there, or a killed tool did so long ago that its thread has gone
    /// through it, also where a signal handler ran in between.
    /// </summary>
    public static bool IsFreeAt(ReadOnlySpan<byte> bytes, long now, long quietTicks) =>
        !bytes.ContainsAnyExcept((byte)0)
        || (BinaryPrimitives.ReadUInt64LittleEndian(bytes[MarkAt..]) == Mark
            && now - BinaryPrimitives.ReadInt64LittleEndian(bytes[TimeAt..]) > quietTicks);
}
