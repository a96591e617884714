using HeapDrift.Collector.Engines.CopyOnWrite;

namespace HeapDrift.Collector.Tests.Engines.CopyOnWrite;

public sealed class EmbeddedVersionTests : IDisposable
{
    private const string Written = "@(#)Version 10.0.1 @Commit: abc\0";

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData((1 << 20) - 5)] // The mark across the border of two chunks
    [InlineData((1 << 20) - 20)] // and its end.
    [InlineData((3 << 20) - 512)] // The border of a later chunk, of which 256 bytes were kept from the one before.
    public void VersionIsFoundWhereverItLies(int offset)
    {
        File.WriteAllText(_file, new string('x', offset) + Written + new string('y', 2000));

        Assert.Equal("10.0.1 @Commit: abc", EmbeddedVersion.TryRead(_file));
    }

    [Fact]
    public void VersionThatEndsTheFileAndTheChunkIsFound()
    {
        File.WriteAllText(_file, new string('x', (1 << 20) - Written.Length) + Written);

        Assert.Equal("10.0.1 @Commit: abc", EmbeddedVersion.TryRead(_file));
    }

    [Theory]
    [InlineData("")]
    [InlineData("@(#)Versio")]
    [InlineData("@(#)No version information produced\0")]
    [InlineData("@(#)Version without an end")]
    public void FileWithoutAVersionHasNone(string content)
    {
        File.WriteAllText(_file, content);

        Assert.Null(EmbeddedVersion.TryRead(_file));
    }
}
