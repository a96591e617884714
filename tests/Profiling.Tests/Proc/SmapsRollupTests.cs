using HeapDrift.Profiling.Proc;
using HeapDrift.Profiling.Reports;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class SmapsRollupTests
{
    private const string PssLine = "Pss:                1000 kB";

    [Fact]
    public void SizesAreBytes()
    {
        SmapsRollup rollup = SmapsRollup.Parse(KernelText.Rollup(), "smaps_rollup");

        Assert.Equal(2000 * 1024, rollup.RssBytes);
        Assert.Equal(1000 * 1024, rollup.PssBytes);
        Assert.Equal(650 * 1024, rollup.PssAnonBytes);
        Assert.Equal(300 * 1024, rollup.PssFileBytes);
        Assert.Equal(50 * 1024, rollup.PssShmemBytes);
        Assert.Equal((100 + 650) * 1024, rollup.PrivateBytes);
        Assert.Equal(64 * 1024, rollup.SwapBytes);
        Assert.Equal(32 * 1024, rollup.SwapPssBytes);
    }

    [Fact]
    public void KindsAddUpToPssAlthoughTheKernelRoundsEachOfThemDown()
    {
        // 649 + 299 + 50 = 998 of 1000 kB: 2 kB were lost in rounding.
        MemoryReading reading = SmapsRollup.Parse(KernelText.Rollup(anon: 649, file: 299), "smaps_rollup").ToReading();

        Assert.Equal(299 * 1024, reading.Categories["file"]);
        Assert.Equal(50 * 1024, reading.Categories["shmem"]);
        Assert.Equal((649 + 2) * 1024, reading.Categories["anon"]);
        Assert.Equal(32 * 1024, reading.Categories["swap"]);
        Assert.Equal(4, reading.Categories.Count);
    }

    [Fact]
    public void KernelWithoutKindsOfPssStillGivesKindsThatAddUp()
    {
        SmapsRollup rollup = SmapsRollup.Parse(KernelText.RollupBeforeKinds, "smaps_rollup");
        MemoryReading reading = rollup.ToReading();

        Assert.Null(rollup.PssAnonBytes);
        Assert.Equal(700 * 1024, reading.Categories["anon"]);
        Assert.Equal((1000 - 700) * 1024, reading.Categories["file"]);
        Assert.Equal(0, reading.Categories["shmem"]);
    }

    [Fact]
    public void SharedAnonymousMemoryNeverMakesAKindNegative()
    {
        // 5000 kB of anonymous pages, shared with the other workers of a pre-fork server, are 1000 kB of PSS at most.
        string text = KernelText.RollupBeforeKinds.Replace("Anonymous:           700", "Anonymous: 5000", StringComparison.Ordinal);
        MemoryReading reading = SmapsRollup.Parse(text, "smaps_rollup").ToReading();

        Assert.Equal(1000 * 1024, reading.Categories["anon"]);
        Assert.Equal(0, reading.Categories["file"]);
    }

    [Fact]
    public void KindsThatContradictTheSumNeverMakeAKindNegative()
    {
        MemoryReading reading = SmapsRollup.Parse(KernelText.Rollup(anon: 0, file: 9000, shmem: 800), "smaps_rollup").ToReading();

        Assert.Equal(800 * 1024, reading.Categories["shmem"]);
        Assert.Equal((1000 - 800) * 1024, reading.Categories["file"]);
        Assert.Equal(0, reading.Categories["anon"]);
    }

    [Theory]
    [InlineData("many kB")]
    [InlineData("-1 kB")]
    [InlineData("1000")]
    [InlineData("")]
    [InlineData("4503599627370496 kB")] // 2^52 kB = 2^62 bytes: the sum of two would not fit.
    [InlineData("99999999999999999999 kB")]
    public void MalformedSizeNamesFileLineAndExpectation(string size)
    {
        string text = KernelText.Rollup().Replace(PssLine, "Pss: " + size, StringComparison.Ordinal);

        var error = Assert.Throws<InvalidDataException>(() => SmapsRollup.Parse(text, "/proc/42/f"));

        Assert.StartsWith("/proc/42/f, line 3: expected a number of kB for Pss, found '", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MalformedValueIsQuotedInPart()
    {
        string text = KernelText.Rollup().Replace(PssLine, "Pss: " + new string('9', 500_000), StringComparison.Ordinal);

        Assert.InRange(Assert.Throws<InvalidDataException>(() => SmapsRollup.Parse(text, "f")).Message.Length, 1, 120);
    }

    [Fact]
    public void EveryTruncationIsRefusedUntilTheLastSizeIsThere()
    {
        string text = KernelText.Rollup();
        int complete = text.IndexOf("32 kB", StringComparison.Ordinal) + "32 kB".Length;

        for (int length = 0; length < complete; length++)
        {
            Assert.Throws<InvalidDataException>(() => SmapsRollup.Parse(text[..length], "f"));
        }

        Assert.Equal(32 * 1024, SmapsRollup.Parse(text[..complete], "f").SwapPssBytes);
    }
}
