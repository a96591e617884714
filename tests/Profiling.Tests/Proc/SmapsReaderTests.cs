using System.Text;
using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class SmapsReaderTests
{
    [Fact]
    public void MappingHasItsAddressesPermissionsFlagsAndPss()
    {
        SmapsMapping mapping = Assert.Single(Read(new SmapsText().With("rwxs", 8, pss: 6, flags: "rd wr ex sh nr dd")));

        Assert.Equal(0x7f00_0000_0000ul, mapping.Start);
        Assert.Equal(8ul * 1024, mapping.Bytes);
        Assert.Equal(6 * 1024, mapping.PssBytes);
        Assert.Equal(
            MappingTraits.Readable | MappingTraits.Writable | MappingTraits.Executable | MappingTraits.Shared | MappingTraits.NotReserved
                | MappingTraits.NotDumped,
            mapping.Traits);
        Assert.False(mapping.IsInaccessible);
    }

    [Theory]
    [InlineData("", nameof(MappingBacking.Anonymous))]
    [InlineData("[anon:jemalloc]", nameof(MappingBacking.Anonymous))]
    [InlineData("[heap]", nameof(MappingBacking.Heap))]
    [InlineData("[stack]", nameof(MappingBacking.Stack))]
    [InlineData("[vdso]", nameof(MappingBacking.Kernel))]
    [InlineData("/memfd:doublemapper (deleted)", nameof(MappingBacking.DoubleMapper))]
    [InlineData("/memfd:cache (deleted)", nameof(MappingBacking.SharedMemory))]
    [InlineData("/dev/shm/sem.lock", nameof(MappingBacking.SharedMemory))]
    [InlineData("/dev/zero (deleted)", nameof(MappingBacking.SharedMemory))]
    [InlineData("/SYSV00000000 (deleted)", nameof(MappingBacking.SharedMemory))]
    [InlineData("/app/libcoreclr.so", nameof(MappingBacking.Runtime))]
    [InlineData("/my app/libcoreclr.so (deleted)", nameof(MappingBacking.Runtime))]
    [InlineData("/usr/lib/libc.so.6", nameof(MappingBacking.File))]
    [InlineData("/tmp/[heap]", nameof(MappingBacking.File))]
    public void NameTellsWhatIsBehindAMapping(string name, string backing) =>
        Assert.Equal(backing, Assert.Single(Read(new SmapsText().With("rw-p", 4, name: name))).Backing.ToString());

    [Fact]
    public void KernelWithoutLineOfFlagsIsReadToo()
    {
        string text = new SmapsText().With("rw-p", 4, pss: 4).With("rw-p", 4, pss: 2).ToString();

        List<SmapsMapping> mappings = Read(string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("VmFlags", StringComparison.Ordinal))));

        Assert.Equal([4 * 1024, 2 * 1024], mappings.Select(mapping => mapping.PssBytes));
    }

    [Fact]
    public void SixtyThousandMappingsAreReadInTheMemoryOfOneBuffer()
    {
        SmapsText text = new();
        for (int i = 0; i < 60_000; i++)
        {
            text.With("rw-p", 4, pss: 4).Gap();
        }

        using Stream stream = text.ToStream();
        long before = GC.GetAllocatedBytesForCurrentThread();
        var reader = new SmapsReader(stream, "smaps");
        long sum = 0;
        while (reader.TryRead(out SmapsMapping mapping))
        {
            sum += mapping.PssBytes;
        }

        Assert.Equal(60_000 * 4 * 1024, sum);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void FileThatComesByteByByteIsTheSame()
    {
        string text = new SmapsText().With("rw-p", 8, pss: 8).With("r-xp", 4, pss: 1, name: "/lib/x.so").ToString();

        Assert.Equal(Read(text), Read(new SmapsReader(new ByteByByte(Encoding.UTF8.GetBytes(text)), "smaps")));
    }

    [Fact]
    public void EmptyFileHasNoMapping() => Assert.Empty(Read(""));

    [Theory]
    [InlineData("garbage\n", "smaps: expected start-end permissions offset device inode in line 1")]
    [InlineData("7f00-7e00 rw-p 0 00:00 0\nPss: 1 kB\n", "smaps: expected start-end permissions offset device inode in line 1")]
    [InlineData("7f00-7f01 rw-p 0 00:00 0\nPss: many kB\n", "smaps: expected a number of kB in line 2")]
    [InlineData("7f00-7f01 rw-p 0 00:00 0\nPss: -1 kB\n", "smaps: expected a number of kB in line 2")]
    [InlineData("7f00-7f01 rw-p 0 00:00 0\nPss: 4503599627370496 kB\n", "smaps: expected a number of kB in line 2")]
    [InlineData("7f00-7f01 rw-p 0 00:00 0\nRss: 1 kB\n", "smaps: expected Pss before line 2")]
    [InlineData("7f00-7f01 rw-p 0 00:00 0\nPss: 1 kB", "smaps: expected the end of the line after line 1")]
    public void WhatTheKernelDoesNotWriteIsRefusedWithItsLine(string text, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidDataException>(() => Read(text)).Message);

    [Fact]
    public void LineWithoutEndIsRefusedBeforeItIsKept()
    {
        string endless = "7f00-7f01 rw-p 0 00:00 0 /" + new string('x', 1 << 20);

        Assert.Contains("expected lines of at most", Assert.Throws<InvalidDataException>(() => Read(endless)).Message, StringComparison.Ordinal);
    }

    private static List<SmapsMapping> Read(SmapsText text) => Read(text.ToString());

    private static List<SmapsMapping> Read(string text) => Read(new SmapsReader(new MemoryStream(Encoding.UTF8.GetBytes(text)), "smaps"));

    private static List<SmapsMapping> Read(SmapsReader reader)
    {
        var mappings = new List<SmapsMapping>();
        while (reader.TryRead(out SmapsMapping mapping))
        {
            mappings.Add(mapping);
        }

        return mappings;
    }

    private sealed class ByteByByte(byte[] bytes) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }
}
