using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using HeapDrift.Profiling.Captures;
using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;
using HeapDrift.Profiling.Reports.Html;

namespace HeapDrift.Profiling.Tests.Reports;

public sealed partial class ReportPageTests
{
    private const string Hostile = "Shop.</script><script>alert('1')</script><img src=x onerror=\"alert(2)\">&amp;<Evil>";

    [Fact]
    public void ThePageSaysWhatGrewWhoHoldsItAndWhichLineAllocatedIt()
    {
        string text = Text(SampleReport.Page());

        Assert.Contains("managed leak Leak: Session grew by 360,000 objects (40.0 MB retained), held by static Shop.Cache.Sessions.", text, StringComparison.Ordinal);
        Assert.Contains("static Shop.Cache.Sessions Dictionary<String, Session> Dictionary+Entry<String, Session>[] Session", text, StringComparison.Ordinal);
        Assert.Contains("about 30.0 MB ± 11 %, from 320 samples", text, StringComparison.Ordinal);
        Assert.Contains("Shop.Cache.Open /src/Shop/Cache.cs:61", text, StringComparison.Ordinal);
        Assert.Contains("Fingerprint 98eecee32ceae6bf, REGRESSED: first reported on 2026-11-14", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shop")]
    [InlineData("Shop.Api, process 42, .NET 10.0.12, instance shop-7d9f-x2x")]
    [InlineData("Live heap +42.0 MB 100 MB to 142 MB")]
    [InlineData("Process (PSS) +36.0 MB 200 MB to 236 MB")]
    [InlineData("Window 60 s 3 snapshots")]
    [InlineData("Longest pause 7.2 ms copy-on-write")]
    [InlineData("Seen of the heap 99.8 % complete")]
    [InlineData("Trigger alert HeapDriftMemoryGrows")]
    [InlineData("between 13:22:27")]
    public void TheHeadHasTheFiguresByWhichToJudge(string expected) => Assert.Contains(expected, Text(SampleReport.Page()), StringComparison.Ordinal);

    [Fact]
    public void TheLedgerAddsUpAndSaysSo()
    {
        string text = Text(SampleReport.Page());

        Assert.Contains("managed: live 100 MB 142 MB +42.0 MB", text, StringComparison.Ordinal);
        Assert.Contains("managed: free, not collected 20.0 MB 12.0 MB -8.0 MB", text, StringComparison.Ordinal);
        Assert.Contains("The parts add up to PSS", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ALedgerThatDoesNotAddUpIsSaid()
    {
        CaptureReport report = SampleReport.Leak();
        MemoryReading wrong = report.Memory.Final! with { PssBytes = report.Memory.Final.PssBytes + (5 * SampleReport.MB) };

        Assert.Contains(
            "do not add up to PSS: 0 B before and 5.0 MB after",
            Text(SampleReport.Page(report with { Memory = report.Memory with { Final = wrong } })),
            StringComparison.Ordinal);
    }

    [Fact]
    public void SwapIsBesideTheLedger()
    {
        var kinds = new Dictionary<string, long> { ["anon"] = 80, ["file"] = 20, ["shmem"] = 0, ["swap"] = 500 };
        var memory = new MemoryReading { PssBytes = 100, RssBytes = 120, PrivateBytes = 90, Categories = kinds };

        string text = Text(SampleReport.Page(SampleReport.Leak() with { Memory = new MemoryComparison { Baseline = memory, Final = memory } }));

        Assert.Contains("The parts add up to PSS", text, StringComparison.Ordinal);
        Assert.Contains("swap, beside PSS 500 B 500 B 0 B", text, StringComparison.Ordinal);
    }

    [Fact]
    public void HostileNamesStayText()
    {
        CaptureReport report = SampleReport.Leak() with
        {
            Worker = new WorkerIdentity { Pid = 42, Name = Hostile, ServiceName = Hostile, ServiceInstanceId = Hostile, RuntimeVersion = Hostile },
            Trigger = new CaptureTrigger { Kind = TriggerKind.Alert, AlertName = Hostile },
            OutcomeReason = Hostile,
            EvidenceReason = Hostile,
            Findings = [SampleReport.Finding(1, Verdict.ManagedLeak, Hostile) with { AllocationSites = [HostileSite()], AllocationNote = Hostile, Summary = Hostile, Path = [Hostile, Hostile] }],
            Types = [SampleReport.Type(Hostile, 5) with { Module = Hostile }],
        };
        var heap = new GrowthNode(null, new PathStep("", null, PathStepKind.Heap));
        SampleReport.Grow(heap.Child(SampleReport.Root(Hostile)).Child(SampleReport.Step(Hostile)), 5, 500);

        string page = SampleReport.Page(report, new ReportEvidence { Growth = GrowthFlame.Of(heap), Survivors = [HostileSite()] });

        // One of the page's own, and no other element that a name brought along.
        Assert.Equal(1, Count(page, "<script"));
        Assert.Equal(1, Count(page, "</script"));
        Assert.Equal(0, Count(page, "<img"));
        Assert.Equal(0, Count(page, "onerror=\""));
        Assert.Contains("&lt;/script&gt;&lt;script&gt;alert(&#39;1&#39;)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void CharactersThatAreNotSeenAreWrittenOut()
    {
        string page = SampleReport.Page(SampleReport.Leak() with { Types = [SampleReport.Type("Shop.\u202Eevil\u0000\u200B\ud800", 5)] });

        Assert.Contains(@"Shop.\u202Eevil\u0000\u200B" + "\uFFFD", page, StringComparison.Ordinal);
    }

    [Fact]
    public void ThePolicyAllowsThePagesOwnStyleAndScriptAndNothingElse()
    {
        string page = SampleReport.Page();
        string policy = PolicyPattern().Match(page).Groups[1].Value.Replace("&#39;", "'", StringComparison.Ordinal);

        Assert.Equal(
            $"default-src 'none'; style-src {Hash(Between(page, "<style>", "</style>"))}; script-src {Hash(Between(page, "<script>", "</script>"))}; base-uri 'none'; form-action 'none'",
            policy);
        Assert.DoesNotMatch(InlinePattern(), page);
    }

    [Fact]
    public void NothingInThePageLeadsOutOfIt() => Assert.DoesNotMatch(OutsidePattern(), SampleReport.Page());

    [Fact]
    public void ACaptureThatFailedHasAPageTooThatSaysWhy()
    {
        CaptureReport report = SampleReport.Leak() with
        {
            Outcome = CaptureOutcome.WorkerExited,
            OutcomeReason = "process 42 exited between the two snapshots",
            Verdict = Verdict.Inconclusive,
            Snapshots = [],
            Confirmations = null,
            Findings = [],
            Types = [],
            Memory = new MemoryComparison { Baseline = null, Final = null },
        };

        string text = Text(SampleReport.Page(report, ReportEvidence.None));

        Assert.Contains("worker exited No verdict: process 42 exited between the two snapshots.", text, StringComparison.Ordinal);
        Assert.Contains("Nothing was compared.", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Growth by path", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AWorkerThatEndedInTheWindowShowsWhatMemoryItHad()
    {
        CaptureReport report = SampleReport.Leak() with { Memory = SampleReport.Leak().Memory with { Final = null } };

        Assert.Contains("managed: live 100 MB not read", Text(SampleReport.Page(report)), StringComparison.Ordinal);
    }

    [Fact]
    public void ALargeReportMakesAPageThatABrowserBears()
    {
        CaptureReport report = SampleReport.Leak() with
        {
            Findings = [.. Enumerable.Range(1, 500).Select(rank => SampleReport.Finding(rank, Verdict.ManagedLeak, $"Shop.{new string('x', 2_000)}{rank}"))],
            Types = [.. Enumerable.Range(1, 20_000).Select(at => SampleReport.Type($"Shop.Type{at}", 20_001 - at))],
        };

        string page = SampleReport.Page(report);

        Assert.InRange(page.Length, 1_000, 4 << 20);
        Assert.Contains("report.json has 400 more.", page, StringComparison.Ordinal);
        Assert.Contains("here are the 2,000 that grew most, report.json has all", page, StringComparison.Ordinal);
    }

    private static AllocationSite HostileSite() => SampleReport.Site(Hostile, 300) with
    {
        Frames = [new AllocationFrame { Function = Hostile, File = Hostile, Line = 1, Origin = TypeOrigin.Application }],
    };

    private static int Count(string page, string what) => page.Split(what, StringSplitOptions.None).Length - 1;

    private static string Between(string page, string start, string end)
    {
        int at = page.IndexOf(start, StringComparison.Ordinal) + start.Length;
        return page[at..page.IndexOf(end, at, StringComparison.Ordinal)];
    }

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    /// <summary>What a person reads, with one space between all parts.</summary>
    private static string Text(string page)
    {
        string body = Between(page, "<body>", "<script>");
        return SpacePattern().Replace(System.Net.WebUtility.HtmlDecode(TagPattern().Replace(body, " ")), " ").Replace(" ,", ",", StringComparison.Ordinal);
    }

    [GeneratedRegex("http-equiv=\"Content-Security-Policy\" content=\"([^\"]+)\"")]
    private static partial Regex PolicyPattern();

    /// <summary>Attributes that the policy would refuse.</summary>
    [GeneratedRegex("<[^>]+\\s(style|on[a-z]+)=")]
    private static partial Regex InlinePattern();

    [GeneratedRegex("(src|href|action|url)\\s*[=(]|@import|https?://")]
    private static partial Regex OutsidePattern();

    [GeneratedRegex("<title>.*?</title>|<[^>]+>")]
    private static partial Regex TagPattern();

    [GeneratedRegex("\\s+")]
    private static partial Regex SpacePattern();
}
