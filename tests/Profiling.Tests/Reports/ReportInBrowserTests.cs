using HeapDrift.Profiling.Diff;
using HeapDrift.Profiling.Flames;
using HeapDrift.Profiling.Heap;
using HeapDrift.Profiling.Reports;
using Microsoft.Playwright;

namespace HeapDrift.Profiling.Tests.Reports;

/// <summary>The page in a real Chromium, from disk.</summary>
public sealed class ReportInBrowserTests(ReportBrowser browser) : IClassFixture<ReportBrowser>
{
    private const string Hostile = "Shop.</script><script>evil=1</script><img src=x onerror=\"evil=1\"><Evil>";

    [Theory]
    [InlineData(ColorScheme.Light, 128, 255)]
    [InlineData(ColorScheme.Dark, 0, 127)]
    public async Task ThePageOpensFromDiskAndAsksForNothing(ColorScheme scheme, int darkest, int lightest)
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page(), new() { ColorScheme = scheme });

        await Assertions.Expect(report.Page.Locator("h1")).ToHaveTextAsync("shop");
        await Assertions.Expect(report.Page.Locator("section.flame .chart .box:not([hidden])")).Not.ToHaveCountAsync(0);
        string background = await report.Page.EvaluateAsync<string>("getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0]");
        Assert.InRange(int.Parse(background, System.Globalization.CultureInfo.InvariantCulture), darkest, lightest);
        Assert.Empty(report.Complaints);
        Assert.Empty(report.Requests);
    }

    [Fact]
    public async Task BoxesAreWalkedWithArrowsZoomedWithEnterAndLeftWithEscape()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page());
        ILocator table = Box(report, "Dictionary+Entry<System.String, Shop.Session>[]");
        ILocator pages = Box(report, "Shop.Catalog.ProductPage");

        await Box(report, "live heap").FocusAsync();
        await PressAsync(report, "ArrowDown", "ArrowDown", "ArrowDown");
        await Assertions.Expect(table).ToBeFocusedAsync();
        Assert.InRange(await ShareAsync(report, table), 0.90, 0.96);

        await PressAsync(report, "Enter");
        await WidthAsync(report, table, 1);
        await Assertions.Expect(pages).ToBeHiddenAsync();
        await Assertions.Expect(table).ToBeFocusedAsync();

        await PressAsync(report, "Escape");
        await WidthAsync(report, table, 40.0 / 43);
        await Assertions.Expect(pages).ToBeVisibleAsync();
        await PressAsync(report, "ArrowUp", "ArrowUp", "ArrowRight");
        await Assertions.Expect(Box(report, "static Shop.Pages.All")).ToBeFocusedAsync();
        Assert.Empty(report.Complaints);
    }

    [Fact]
    public async Task AClickZoomsAndTheButtonGoesBack()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page());
        ILocator pages = Box(report, "Shop.Catalog.ProductPage");
        ILocator back = report.Growth.GetByRole(AriaRole.Button, new() { Name = "Back" });
        await Assertions.Expect(back).ToBeDisabledAsync();

        await pages.ClickAsync();
        await WidthAsync(report, pages, 1);
        await back.ClickAsync();

        await WidthAsync(report, pages, 3.0 / 43);
        await Assertions.Expect(back).ToBeDisabledAsync();
    }

    [Fact]
    public async Task EachGraphIsOneStopOfTheTabulator()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page());

        await Assertions.Expect(report.Growth.Locator(".box[tabindex='0']")).ToHaveCountAsync(1);
        await report.Growth.GetByRole(AriaRole.Searchbox).FocusAsync();
        await PressAsync(report, "Tab");
        await Assertions.Expect(Box(report, "live heap")).ToBeFocusedAsync();
    }

    [Fact]
    public async Task AReaderOfTheScreenHearsWhatABoxIs()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page());

        await Assertions.Expect(report.Page.GetByRole(AriaRole.Tree, new() { Name = "Growth by path" })).ToBeVisibleAsync();
        ILocator line = report.Page.GetByRole(AriaRole.Treeitem, new() { Name = "Shop.Cache.Open, /src/Shop/Cache.cs:61, 30.0 MB, 75.0 %, ± 11 %, 320 samples" });
        await Assertions.Expect(line).ToHaveAttributeAsync("aria-level", "3");
    }

    [Fact]
    public async Task BoxesAreMarkedByName()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page());

        await report.Growth.GetByRole(AriaRole.Searchbox).FillAsync("session");

        // The holder, its table, the entries and the sessions hang on each other: 40 of 43 MB.
        await Assertions.Expect(report.Growth.Locator(".box.hit")).ToHaveCountAsync(4);
        await Assertions.Expect(report.Growth.Locator(".found")).ToHaveTextAsync("4 boxes, 93.0 %");
    }

    [Fact]
    public async Task WithoutScriptsTheListIsOpenAndSaysTheSame()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page(), new() { JavaScriptEnabled = false });

        await Assertions.Expect(report.Growth.Locator(".chart")).ToHaveCountAsync(0);
        await Assertions.Expect(report.Growth.GetByText("40.0 MB, 93.0 %").First).ToBeVisibleAsync();
        await Assertions.Expect(report.Page.Locator("table.types tbody tr:visible")).ToHaveCountAsync(60);
    }

    [Fact]
    public async Task TheTableOfTypesUnfoldsAndSorts()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page());
        ILocator rows = report.Page.Locator("table.types tbody tr:visible");
        await Assertions.Expect(rows).ToHaveCountAsync(25);
        await Assertions.Expect(rows.First).ToContainTextAsync("Type01");

        ILocator bytes = report.Page.GetByRole(AriaRole.Columnheader, new() { Name = "Change" }).Last;
        await bytes.GetByRole(AriaRole.Button).ClickAsync();
        await Assertions.Expect(rows.First).ToContainTextAsync("Type60");
        await Assertions.Expect(bytes).ToHaveAttributeAsync("aria-sort", "ascending");

        await report.Page.GetByRole(AriaRole.Button, new() { Name = "Show 35 more" }).ClickAsync();
        await Assertions.Expect(rows).ToHaveCountAsync(60);
    }

    [Fact]
    public async Task HostileNamesAreShownAndNotRun()
    {
        var heap = new GrowthNode(null, new PathStep("", null, PathStepKind.Heap));
        SampleReport.Grow(heap.Child(SampleReport.Root(Hostile)).Child(SampleReport.Step(Hostile)), 5, 500);
        CaptureReport hostile = SampleReport.Leak() with { Types = [SampleReport.Type(Hostile, 5)], Findings = [SampleReport.Finding(1, Verdict.ManagedLeak, Hostile)] };

        await using OpenReport report = await browser.OpenAsync(SampleReport.Page(hostile, new ReportEvidence { Growth = GrowthFlame.Of(heap) }));

        await Assertions.Expect(report.Growth.Locator(".box code, .box img, .box script")).ToHaveCountAsync(0);
        await Assertions.Expect(report.Growth.Locator(".told")).ToContainTextAsync("live heap");
        await report.Growth.Locator(".box").Last.HoverAsync();
        await Assertions.Expect(report.Growth.Locator(".told")).ToContainTextAsync(Hostile);
        Assert.Equal("undefined", await report.Page.EvaluateAsync<string>("typeof evil"));
        Assert.Empty(report.Complaints);
        Assert.Empty(report.Requests);
    }

    [Fact]
    public async Task WhatIsNotThePagesOwnIsRefused()
    {
        string page = SampleReport.Page().Replace(
            "</main>", "<script>evil=1</script><img src=\"http://127.0.0.1:9/x.png\"><p style=\"color:red\" onclick=\"evil=1\">x</p></main>", StringComparison.Ordinal);

        await using OpenReport report = await browser.OpenAsync(page);

        Assert.Equal("undefined", await report.Page.EvaluateAsync<string>("typeof evil"));
        Assert.NotEmpty(report.Complaints);
        await Assertions.Expect(report.Growth.Locator(".box").First).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(360)]
    [InlineData(1280)]
    public async Task NothingStandsOutOfTheScreen(int width)
    {
        CaptureReport report = SampleReport.Leak() with { Findings = [SampleReport.Finding(1, Verdict.ManagedLeak, $"Shop.{new string('x', 300)}")] };

        await using OpenReport open = await browser.OpenAsync(SampleReport.Page(report), new() { ViewportSize = new() { Width = width, Height = 800 } });

        Assert.InRange(await open.Page.EvaluateAsync<int>("document.documentElement.scrollWidth"), 1, width);
    }

    [Fact]
    public async Task OnPaperThereIsNothingToClick()
    {
        await using OpenReport report = await browser.OpenAsync(SampleReport.Page(), new() { ColorScheme = ColorScheme.Dark });

        await report.Page.EmulateMediaAsync(new() { Media = Media.Print });

        await Assertions.Expect(report.Page.Locator(".tools:visible, .unfold:visible, .told:visible")).ToHaveCountAsync(0);
        await Assertions.Expect(report.Growth.Locator(".chart")).ToBeVisibleAsync();
        Assert.Equal("rgb(26, 34, 48)", await report.Page.EvaluateAsync<string>("getComputedStyle(document.body).color"));
    }

    private static ILocator Box(OpenReport report, string name) => report.Growth.GetByRole(AriaRole.Treeitem, new() { Name = name }).First;

    /// <summary>Where the focus is. Unlike the page's keyboard, an element is not waited for without a deadline.</summary>
    private static async Task PressAsync(OpenReport report, params string[] keys)
    {
        foreach (string key in keys)
        {
            await report.Page.Locator(":focus").PressAsync(key);
        }
    }

    /// <summary>Of the chart's width.</summary>
    private static async Task<double> ShareAsync(OpenReport report, ILocator box)
    {
        LocatorBoundingBoxResult? inner = await box.BoundingBoxAsync();
        LocatorBoundingBoxResult? whole = await report.Growth.Locator(".chart").BoundingBoxAsync();
        return inner!.Width / whole!.Width;
    }

    /// <summary>Of the chart's width, as soon as the page has drawn it.</summary>
    private static async Task WidthAsync(OpenReport report, ILocator box, double share) => await report.Page.WaitForFunctionAsync(
        "([box, share]) => Math.abs(box.getBoundingClientRect().width / box.parentElement.getBoundingClientRect().width - share) < 0.01",
        new object[] { await box.ElementHandleAsync(), share });
}
