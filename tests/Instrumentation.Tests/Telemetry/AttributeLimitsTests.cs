using System.Globalization;
using System.Text;
using System.Text.Json;
using HeapDrift.Instrumentation.Telemetry;

namespace HeapDrift.Instrumentation.Tests.Telemetry;

public sealed class AttributeLimitsTests
{
    [Theory]
    [InlineData(2048)]
    [InlineData(0)]
    public void TextThatFitsStaysAsItIs(int length)
    {
        string text = new('a', length);

        Assert.Same(text, AttributeLimits.Cut(text));
    }

    [Fact]
    public void LongTextEndsInAnEllipsisAtTheLimit()
    {
        // 2048 - 3 characters and three dots.
        Assert.Equal(new string('a', 2045) + "...", AttributeLimits.Cut(new string('a', 2049)));
    }

    [Theory]
    [InlineData("é", 1022)] // 2 bytes each: 2044 + 3, one more would be 2049
    [InlineData("€", 681)] // 3 bytes each: 2043 + 3
    [InlineData("😀", 511)] // 4 bytes each: 2044 + 3
    public void LongTextIsCutBetweenCharacters(string character, int kept)
    {
        string cut = AttributeLimits.Cut(string.Concat(Enumerable.Repeat(character, 2000)));

        Assert.Equal(string.Concat(Enumerable.Repeat(character, kept)) + "...", cut);
        Assert.InRange(Encoding.UTF8.GetByteCount(cut), 2000, 2048);
    }

    [Fact]
    public void HalfACharacterDoesNotHurt() => Assert.Equal("a\ud83d", AttributeLimits.Cut("a\ud83d"));

    [Fact]
    public void PathThatFitsStaysAsItIs() => Assert.Equal(["a<b>", "c"], AttributeLimits.CutPath(["a<b>", "c"]));

    [Fact]
    public void LongPathKeepsBothEndsAndCountsWhatIsMissing()
    {
        string[] path = [.. Enumerable.Range(0, 500).Select(step => "Node<Shop.Order> " + step.ToString(CultureInfo.InvariantCulture))];

        string[] cut = AttributeLimits.CutPath(path);

        int gap = Array.FindIndex(cut, step => step.StartsWith("...", StringComparison.Ordinal));
        int after = cut.Length - gap - 1;
        Assert.Equal(path[..gap], cut[..gap]);
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"... {500 - gap - after} steps ..."), cut[gap]);
        Assert.Equal(path[^after..], cut[^after..]);
        Assert.InRange(after - gap, 0, 1);
        Assert.InRange(JsonBytes(cut), 1900, 2048);
    }

    [Theory]
    [InlineData('<')]
    [InlineData('"')]
    [InlineData('a')]
    [InlineData('é')]
    public void PathOfMonstrousNamesFitsAsAWholeWithBothEnds(char character)
    {
        string name = new(character, 5000);

        string[] cut = AttributeLimits.CutPath(["first" + name, name, name, name, "last" + name]);

        Assert.StartsWith("first", cut[0], StringComparison.Ordinal);
        Assert.StartsWith("last", cut[^1], StringComparison.Ordinal);
        Assert.Contains("... 2 steps ...", cut);
        Assert.InRange(JsonBytes(cut), 1, 2048);
    }

    [Fact]
    public void OneMissingStepIsAStep()
    {
        string name = new('a', 1000);

        Assert.Equal("... 1 step ...", AttributeLimits.CutPath([name, name, name, name])[1]);
    }

    [Fact]
    public void SingleStepThatIsTooLongIsCut() =>
        Assert.Equal([new string('a', 509) + "..."], AttributeLimits.CutPath([new string('a', 3000)]));

    [Fact]
    public void AbsentAttributesAreLeftOutAndNumbersAreLong() =>
        Assert.Equal(
            [new("pid", 42L), new("share", 0.5), new("complete", true)],
            AttributeLimits.Apply([new("pid", 42), new("name", null), new("share", 0.5), new("complete", true)]));

    [Fact]
    public void TimesAreIso8601InUtc() =>
        Assert.Equal(
            "2026-03-01T10:00:00.0000000Z",
            Assert.Single(AttributeLimits.Apply([new("at", new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.FromHours(2)))])).Value);

    [Fact]
    public void PathIsAnArrayWhateverListItWas()
    {
        var attribute = Assert.Single(AttributeLimits.Apply([new("path", new List<string> { "a", "b" })]));

        Assert.Equal(["a", "b"], Assert.IsType<string[]>(attribute.Value));
    }

    [Fact]
    public void ValueThatNoExporterKnowsIsRefused() =>
        Assert.Throws<ArgumentException>(() => AttributeLimits.Apply([new("id", Guid.Empty)]).ToArray());

    /// <summary>Go's encoding/json escapes like this: &lt; &gt; &amp; as \u003c, quotes as \", everything else as it is.</summary>
    private static int JsonBytes(string[] path) =>
        Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(path, GoLike))
        + (5 * path.Sum(step => step.Count(character => character is '<' or '>' or '&')));

    private static readonly JsonSerializerOptions GoLike = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}
