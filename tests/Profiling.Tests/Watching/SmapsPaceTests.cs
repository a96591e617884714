using HeapDrift.Profiling.Watching;
using Microsoft.Extensions.Time.Testing;

namespace HeapDrift.Profiling.Tests.Watching;

public sealed class SmapsPaceTests
{
    private const long Gigabyte = 1_000_000_000;

    private readonly FakeTimeProvider _time = new();
    private readonly SmapsPace _pace;

    public SmapsPaceTests() => _pace = new(_time);

    [Fact]
    public void EverythingIsReadAtOnceTheFirstTime() => Assert.Equal(new SmapsPlan(true, true, null), _pace.Plan(Gigabyte));

    [Fact]
    public void CheapReadsComeEveryTenSecondsAndLedgersEveryMinute()
    {
        int rollups = 0;
        int ledgers = 0;
        for (int second = 0; second < 600; second++)
        {
            SmapsPlan plan = _pace.Plan(Gigabyte);
            rollups += plan.Rollup ? 1 : 0;
            ledgers += plan.Ledger ? 1 : 0;
            Act(plan, rollup: 0.001, ledger: 0.002);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal((60, 10), (rollups, ledgers));
    }

    [Theory]
    [InlineData(0.0005, 0.001)]
    [InlineData(0.02, 0.03)]
    [InlineData(0.3, 1.9)]
    public void CostOfAllReadsStaysBelowAThousandthOfTheTime(double rollup, double ledger)
    {
        double spent = 0;
        int rollups = 0;
        int ledgers = 0;
        for (int second = 0; second < 100_000; second++)
        {
            SmapsPlan plan = _pace.Plan(Gigabyte);
            rollups += plan.Rollup ? 1 : 0;
            ledgers += plan.Ledger ? 1 : 0;
            spent += Act(plan, rollup, ledger);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        // The last read may not be paid for yet.
        Assert.InRange(spent - rollup - ledger, 0, 100_000 * SmapsPace.UsualShare);
        Assert.InRange(ledgers, 10, 100_000);
        Assert.InRange(rollups, ledgers, 100_000);
    }

    [Fact]
    public void NextReadWaitsUntilTheLastOneIsPaidFor()
    {
        Act(_pace.Plan(Gigabyte), rollup: 0.02, ledger: 0.03);

        _time.Advance(TimeSpan.FromSeconds(49.9));
        Assert.False(_pace.Plan(Gigabyte).Rollup);
        _time.Advance(TimeSpan.FromSeconds(0.2)); // (20 + 30 ms) / 0.001 = 50 s
        Assert.True(_pace.Plan(Gigabyte).Rollup);
    }

    [Fact]
    public void ProcessThatIsTooLargeByExperienceIsNotRead()
    {
        Read(rollup: 0.5, rss: 50 * Gigabyte); // 10 ms per GB
        _time.Advance(TimeSpan.FromMinutes(10));

        SmapsPlan plan = _pace.Plan(300 * Gigabyte);

        Assert.False(plan.Rollup);
        Assert.Equal("PSS is not read: for 300.0 GB it would take 3.0 s, more than 2 s.", plan.WhyNoRollup);
        Assert.True(_pace.Plan(100 * Gigabyte).Rollup);
    }

    [Fact]
    public void HugeProcessIsNotReadEvenOnce()
    {
        SmapsPlan plan = _pace.Plan(1000 * Gigabyte);

        Assert.Equal((false, false), (plan.Rollup, plan.Ledger));
        Assert.NotNull(plan.WhyNoRollup);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.False(_pace.Plan(1000 * Gigabyte).Rollup);
    }

    [Fact]
    public void ReadThatWasSlowOnABusyMachineIsTriedAgainAnHourLater()
    {
        Read(rollup: 3, rss: Gigabyte);

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.NotNull(_pace.Plan(Gigabyte).WhyNoRollup);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(_pace.Plan(Gigabyte).Rollup);
    }

    [Fact]
    public void SmallProcessThatGrowsFastIsNotTakenForUnaffordable()
    {
        Read(rollup: 0.001, rss: 3_000_000); // As a rate 333 ms per GB.
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.True(_pace.Plan(40 * Gigabyte).Rollup);
    }

    [Fact]
    public void ReadThatFailsCostsTheSame()
    {
        Assert.Throws<InvalidDataException>(() => _pace.ReadRollup<string>(Gigabyte, () =>
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            throw new InvalidDataException();
        }));

        _time.Advance(TimeSpan.FromSeconds(999));
        Assert.False(_pace.Plan(Gigabyte).Rollup);
    }

    private double Act(SmapsPlan plan, double rollup, double ledger)
    {
        if (plan.Rollup)
        {
            Read(rollup, Gigabyte);
        }

        if (plan.Ledger)
        {
            _pace.ReadLedger(Gigabyte, () => Take(ledger));
        }

        return (plan.Rollup ? rollup : 0) + (plan.Ledger ? ledger : 0);
    }

    private void Read(double rollup, long rss) =>
        Assert.Equal(TimeSpan.FromSeconds(rollup), _pace.ReadRollup(rss, () => Take(rollup)).Cost);

    private string Take(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds));
        return "";
    }
}
