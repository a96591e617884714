using HeapDrift.LeakScore;

namespace HeapDrift.EndToEnd.Tests.Score;

/// <summary>The judge of bench/LeakScore: it must not be kinder than it says, nor harder.</summary>
public sealed class JudgeTests
{
    private static readonly HashSet<int> Lines = [12, 13];

    private static readonly Label Leak = new()
    {
        Name = "shop", Kind = "static list", Verdict = "managed-leak", Types = ["Session", "Box*"], Holders = ["Store.Sessions"], Functions = ["Store.Open"], File = "Store.cs",
    };

    [Theory]
    [InlineData("Session", true)]
    [InlineData("Shop.Checkout.Session", true)]
    [InlineData("BoxOfSessions", true)]
    [InlineData("Shop.SessionKey", false)]
    [InlineData("Shop.Session[]", false)]
    [InlineData("System.Collections.Generic.List<Shop.Session>", false)]
    public void ATypeIsComparedWholeAndWithoutItsNamespace(string type, bool isRight) => Assert.Equal(isRight, Judged(type: type).Type);

    [Fact]
    public void TheNamespacesOfTypeArgumentsDoNotCount() => Assert.True(
        Judge.Compare(Leak with { Types = ["Dictionary+Entry<String, Session>[]"] }, Report("System.Collections.Generic.Dictionary+Entry<System.String, Shop.Session>[]"), Lines).Type);

    [Theory]
    [InlineData("static Shop.Store.Sessions", true)]
    [InlineData("static Shop.Store.SessionsOfToday", false)]
    [InlineData("static Shop.BookStore.Sessions", false)]
    public void AHolderIsAWholeName(string holder, bool isRight) => Assert.Equal(isRight, Judged(holder: holder).Holder);

    [Theory]
    [InlineData("Shop.Store.Open(String)", null, null, true)]
    [InlineData("Shop.Store.Open(String)", "/src/Store.cs", 12, true)]
    [InlineData("Shop.Store.Open(String)", "/src/Store.cs", 14, false)]
    [InlineData("Shop.Store.Open(String)", "/src/Other.cs", 12, false)]
    [InlineData("Shop.Store.OpenAll()", null, null, false)]
    public void ASiteIsAFunctionAndWhereItIsSaidALine(string function, string? file, int? line, bool isRight) =>
        Assert.Equal(isRight, Judged(frames: [new() { Function = function, File = file, Line = line }]).Site);

    [Fact]
    public void FramesOfThePlatformAreSteppedOver() =>
        Assert.True(Judged(frames: [new() { Function = "System.Text.StringBuilder.ToString()" }, new() { Function = "Shop.Store.Open" }]).Site);

    [Fact]
    public void AnInnocentFrameOnTopOfTheRightOneIsWrong() =>
        Assert.False(Judged(frames: [new() { Function = "Shop.Clock.Tick" }, new() { Function = "Shop.Store.Open" }]).Site);

    [Fact]
    public void AReportWithoutAStackHasNoSite() => Assert.False(Judged(frames: []).Site);

    [Fact]
    public void AReportWithoutAFindingIsWrongInAll()
    {
        Judgement judged = Judge.Compare(Leak, new Report { Outcome = "completed", Verdict = "no-growth" }, Lines);

        Assert.False(judged.Verdict);
        Assert.Equal((false, false, false), (judged.Type, judged.Holder, judged.Site));
    }

    [Theory]
    [InlineData("managed-leak", true)]
    [InlineData("native-growth", true)]
    [InlineData("fragmentation", true)]
    [InlineData("saturating", false)]
    [InlineData("no-growth", false)]
    [InlineData("no-gc-yet", false)]
    [InlineData("inconclusive", false)]
    public void WhoIsHealthyMayBeCalledAnythingButACulprit(string verdict, bool isFalseAlarm)
    {
        Judgement judged = Judge.Compare(new Label { Name = "cache", Kind = "cache", Healthy = true }, Report("Shop.Page") with { Verdict = verdict }, Lines);

        Assert.Equal(isFalseAlarm, judged.IsFalseAlarm);
        Assert.Equal(!isFalseAlarm, judged.IsRight);
    }

    [Fact]
    public void NativeGrowthBlamesNoType()
    {
        var label = new Label { Name = "tiles", Kind = "unmanaged", Verdict = "native-growth" };

        Assert.True(Judge.Compare(label, new Report { Outcome = "completed", Verdict = "native-growth" }, Lines).IsRight);
        Assert.False(Judge.Compare(label, Report("Shop.Tile") with { Verdict = "native-growth" }, Lines).IsRight);
    }

    [Fact]
    public void OneWrongOfTwentyIsReachedAndTwoAreNot()
    {
        Judgement right = Judged();
        Judgement wrong = Judge.Failed(Leak, "it did not start");

        // 19 / 20 = 95 %, 18 / 20 = 90 %.
        Assert.True(Scoreboard.IsReached([.. Enumerable.Repeat(right, 19), wrong]));
        Assert.False(Scoreboard.IsReached([.. Enumerable.Repeat(right, 18), wrong, wrong]));
    }

    [Fact]
    public void OneFalseAlarmIsTooMany()
    {
        var healthy = new Label { Name = "cache", Kind = "cache", Healthy = true };
        Judgement accused = Judge.Compare(healthy, Report("Shop.Page"), Lines);
        Judgement left = Judge.Compare(healthy, Report("Shop.Page") with { Verdict = "saturating" }, Lines);

        Assert.False(Scoreboard.IsReached([.. Enumerable.Repeat(Judged(), 50), .. Enumerable.Repeat(left, 50), accused]));
        Assert.Contains("false alarms: 1 of 2", Scoreboard.Render([left, accused]), StringComparison.Ordinal);
    }

    private static Judgement Judged(string type = "Shop.Session", string holder = "static Shop.Store.Sessions", IReadOnlyList<ReportedFrame>? frames = null) =>
        Judge.Compare(Leak, Report(type, holder, frames), Lines);

    private static Report Report(string type, string holder = "static Shop.Store.Sessions", IReadOnlyList<ReportedFrame>? frames = null) => new()
    {
        Outcome = "completed",
        Verdict = "managed-leak",
        Findings =
        [
            new()
            {
                Type = type,
                Holder = holder,
                AllocationSites = frames is [] ? [] : [new() { Frames = frames ?? [new() { Function = "Shop.Store.Open", File = "Store.cs", Line = 13 }] }],
            },
        ],
    };
}
