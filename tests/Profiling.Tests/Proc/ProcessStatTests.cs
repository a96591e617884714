using HeapDrift.Profiling.Proc;

namespace HeapDrift.Profiling.Tests.Proc;

public sealed class ProcessStatTests
{
    [Theory]
    [InlineData("shop")]
    [InlineData("")]
    [InlineData("a b c")]
    [InlineData("x) S 1 (y")]
    [InlineData(") (")]
    [InlineData("line\nfeed)")]
    public void StartTimeIsFoundWhateverTheNameContains(string name) =>
        Assert.Equal(123456, ProcessStat.Parse(KernelText.Stat(name), "stat").StartTimeTicks);

    [Theory]
    [InlineData("17", 17, false)]
    [InlineData("0", 0, true)]
    [InlineData("-1", -1, false)]
    public void AProcessThatAnnouncesItsEndToNobodyIsASilentCopy(string signal, int expected, bool isSilent)
    {
        ProcessStat stat = ProcessStat.Parse($"42 (a) b) S {string.Join(' ', Enumerable.Range(4, 18))} 5 {string.Join(' ', Enumerable.Range(23, 15))} {signal} 1 0", "stat");

        Assert.Equal(new ProcessStat(5, 23, expected), stat);
        Assert.Equal(isSilent, stat.IsSilentCopy);
        Assert.False(ProcessStat.Parse(KernelText.Stat(), "stat").IsSilentCopy);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (shop")]
    [InlineData("42 (shop) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 29 0")]
    [InlineData("42 (shop) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 29 0 soon 1000000")]
    [InlineData("42 (shop) S 1 42 42 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 29 0 -5 1000000")]
    public void StatWithoutStartTimeNamesFileAndField(string text)
    {
        var error = Assert.Throws<InvalidDataException>(() => ProcessStat.Parse(text, "/proc/42/stat"));

        Assert.Equal("/proc/42/stat, line 1: expected the start time in clock ticks as field 22", error.Message);
    }
}
