using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class ElfHeaderTests
{
    [Theory]
    [InlineData(2, 62, true)] // x86-64
    [InlineData(1, 62, false)] // x32
    [InlineData(1, 3, false)] // i386
    [InlineData(2, 183, false)] // aarch64
    public void ClassAndMachineTellX64(byte elfClass, byte machine, bool isX64) =>
        Assert.Equal(isX64, ElfHeader.Parse(Header(elfClass, byteOrder: 1, machine, 0), "exe").IsX64);

    [Fact]
    public void BigEndianMachineIsReadInItsByteOrder() =>
        Assert.Equal(22, ElfHeader.Parse(Header(2, byteOrder: 2, 0, 22), "exe").Machine); // EM_S390

    [Theory]
    [InlineData("")]
    [InlineData("#!/bin/sh\nexec something\n")]
    [InlineData("\u007fELF")]
    public void OtherFilesAreMalformed(string content)
    {
        byte[] bytes = System.Text.Encoding.ASCII.GetBytes(content);

        var error = Assert.Throws<InvalidDataException>(() => ElfHeader.Parse(bytes, "/proc/42/exe"));

        Assert.StartsWith("/proc/42/exe, offset 0:", error.Message, StringComparison.Ordinal);
    }

    private static byte[] Header(byte elfClass, byte byteOrder, byte first, byte second) =>
        [0x7F, (byte)'E', (byte)'L', (byte)'F', elfClass, byteOrder, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, first, second];
}
