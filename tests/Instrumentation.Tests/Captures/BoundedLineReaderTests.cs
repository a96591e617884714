using HeapDrift.Instrumentation.Captures;

namespace HeapDrift.Instrumentation.Tests.Captures;

public sealed class BoundedLineReaderTests
{
    [Theory]
    [InlineData("", new string[0])]
    [InlineData("one", new[] { "one" })]
    [InlineData("one\n\ntwo\n", new[] { "one", "", "two" })]
    public async Task LinesComeAsTheyWereWritten(string text, string[] lines) => Assert.Equal(lines, await ReadAsync(text));

    [Fact]
    public async Task LongLineLosesItsRestAndTheNextIsWhole()
    {
        var lines = await ReadAsync(new string('x', 1_000_000) + "\nnext\n");

        Assert.Equal([16 * 1024, "next".Length], lines.Select(line => line.Length));
    }

    private static async Task<List<string>> ReadAsync(string text)
    {
        using var source = new StringReader(text);
        var reader = new BoundedLineReader(source);
        var lines = new List<string>();
        while (await reader.ReadAsync() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }
}
