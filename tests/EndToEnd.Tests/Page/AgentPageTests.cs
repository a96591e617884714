using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using HeapDrift.TestKit;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace HeapDrift.EndToEnd.Tests.Page;

/// <summary>The agent's page in a real Chromium, on a real agent and a real worker that leaks.</summary>
public sealed class AgentPageTests(BrowserFixture fixture) : IClassFixture<BrowserFixture>
{
    /// <summary>A capture takes its window and some seconds; a busy machine takes more.</summary>
    private const float CaptureDeadline = 120_000;

    private const string Token = "0123456789abcdef-token";

    [Fact]
    public async Task AWorkerAppearsItsCaptureIsStartedByTheKeyboardAndItsReportOpens()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "10000", "--leak", "20000");
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent, new() { ViewportSize = new() { Width = 1280, Height = 760 } });
        IPage page = open.Page;

        await Expect(open.Worker(worker.Id).Locator("th")).ToContainTextAsync("PlainWorker10");
        await Expect(open.Worker(worker.Id)).ToContainTextAsync(".NET 10.");
        await Expect(open.Worker(worker.Id)).ToContainTextAsync("would end it");
        await Expect(open.Worker(worker.Id).GetByRole(AriaRole.Img, new() { NameRegex = new("^Memory of process [0-9]+: from [0-9.]+ MB to [0-9.]+ MB") })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Status)).ToHaveTextAsync(new Regex("^[0-9]+ workers?"));
        await AgentPage.ShootAsync(page, "agent-page");

        await open.Button(worker.Id).FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        await Expect(open.Captures.First).ToContainTextAsync("PlainWorker10");
        await Expect(open.Button(worker.Id)).ToHaveAttributeAsync("aria-disabled", "true");
        await Expect(open.Button(worker.Id)).ToHaveTextAsync("Capturing...");
        await Expect(page.GetByRole(AriaRole.Link, new() { Name = "1 capture, 1 under way" })).ToBeVisibleAsync();
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync(new Regex("baseline|snapshot|waiting"), new() { Timeout = CaptureDeadline });

        await Expect(open.Captures.First).ToContainTextAsync("managed leak", new() { Timeout = CaptureDeadline });
        await Expect(open.Captures.First).ToContainTextAsync("LeakedThing");
        await Expect(page.GetByRole(AriaRole.Log)).ToContainTextAsync("managed leak. ");
        await Expect(open.Button(worker.Id)).ToBeFocusedAsync();
        await AgentPage.ShootAsync(page, "agent-page-captured");

        await page.GetByRole(AriaRole.Link, new() { NameRegex = new("^Report of PlainWorker10") }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("PlainWorker10");
        await Expect(page.Locator("section.flame .chart .box:not([hidden])")).Not.ToHaveCountAsync(0);
        await Expect(page.GetByText("LeakedThing").First).ToBeVisibleAsync();
        await AgentPage.ShootAsync(page, "report");

        Assert.Empty(open.Complaints);
        Assert.All(open.Requests, address => Assert.StartsWith(agent.Client.BaseAddress!.ToString(), address, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Dark, 390)]
    [InlineData(ColorScheme.Light, 390)]
    public async Task ItIsReadableInEveryLightAndWidth(ColorScheme scheme, int width)
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent, new() { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 760 } });
        await Expect(open.Worker(worker.Id)).ToBeVisibleAsync();

        double[] contrasts = await open.Page.EvaluateAsync<double[]>(Contrasts);
        double background = await open.Page.EvaluateAsync<double>("Number(getComputedStyle(document.body).backgroundColor.match(/\\d+/)[0])");
        bool isTooWide = await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth");

        Assert.Equal(scheme == ColorScheme.Dark, background < 128);

        // Web Content Accessibility Guidelines 2.2, 1.4.3: text of any size.
        Assert.All(contrasts, contrast => Assert.InRange(contrast, 4.5, 21));
        Assert.False(isTooWide);
        await AgentPage.ShootAsync(open.Page, $"agent-page-{scheme}-{width}".ToUpperInvariant());
    }

    [Theory]
    [InlineData(390)]
    [InlineData(820)]
    [InlineData(1139)]
    [InlineData(1140)]
    [InlineData(1280)]
    [InlineData(1920)]
    public async Task SixtyWorkersWithLongNamesFitAndThoseThatAreSuspectedComeFirst(int width)
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent, new() { ViewportSize = new() { Width = width, Height = 760 } });
        await Expect(open.Worker(worker.Id)).ToBeVisibleAsync();

        await open.ShowAsync(Enumerable.Range(0, 60).Select(number => Fleet(agent, worker.Id, number)));
        ILocator rows = open.Page.Locator("#worker-table tbody tr");
        await Expect(rows).ToHaveCountAsync(60);
        int tallest = await rows.EvaluateAllAsync<int>("rows => Math.max(...rows.map((row) => row.offsetHeight))");
        bool isTooWide = await open.Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('.scroll')].some((box) => box.scrollWidth > box.clientWidth)");

        Assert.InRange(tallest, 30, 340);
        Assert.False(isTooWide);
        await Expect(rows.Nth(0)).ToContainTextAsync("leader");
        await Expect(rows.Nth(7)).ToContainTextAsync("suspected");
        await AgentPage.ShootAsync(open.Page, $"agent-page-60-workers-{width}");
    }

    [Fact]
    public async Task WhatCannotBeCapturedIsSaidToThoseWhoSeeAndWhatASignalWouldDoToIt()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent);
        await Expect(open.Worker(worker.Id)).ToBeVisibleAsync();
        await open.ShowAsync([Python(agent, worker.Id, 1, "caught"), Python(agent, worker.Id, 2, "default")]);

        await Expect(open.Worker(1)).ToContainTextAsync("its own");
        await Expect(open.Worker(2)).ToContainTextAsync("would end it");
        await open.Button(2).PressAsync("Enter");

        await Expect(open.Page.GetByRole(AriaRole.Alert)).ToHaveTextAsync("it is not a .NET process");
        await Expect(open.Page.GetByRole(AriaRole.Alert)).ToBeInViewportAsync();
        await Expect(open.Captures).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task EveryControlIsReachedByTabAndHasAName()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent);
        await Expect(open.Worker(worker.Id)).ToBeVisibleAsync();

        var reached = new List<string>();
        int controls = await open.Page.Locator("a, button:visible").CountAsync();
        for (int i = 0; i < controls; i++)
        {
            await open.Page.Keyboard.PressAsync("Tab");
            reached.Add(await open.Page.EvaluateAsync<string>("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent"));
        }

        Assert.Equal("Skip to the workers", reached[0]);
        Assert.Contains(reached, name => name.StartsWith("Capture PlainWorker10, process ", StringComparison.Ordinal));
        Assert.Contains("/api/captures", reached);
        Assert.DoesNotContain("", reached);
        Assert.Equal("en", await open.Page.EvaluateAsync<string>("document.documentElement.lang"));
        Assert.True(await open.Page.EvaluateAsync<bool>("[...document.querySelectorAll('table')].every(table => table.caption && [...table.querySelectorAll('th')].every(head => head.scope))"));
    }

    [Fact]
    public async Task WhereTheAgentAsksForCredentialsThePageAsksForThemAndKeepsThemInThisTab()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder, ("HeapDrift__Alerts__BearerToken", Token));
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent);

        await open.Button(worker.Id).ClickAsync();
        await Expect(open.Page.GetByLabel("Token")).ToBeFocusedAsync();
        await open.Page.GetByLabel("Token").FillAsync("a wrong one");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page.GetByRole(AriaRole.Dialog)).ToBeVisibleAsync();
        await Expect(open.Page.GetByText("The agent did not take this token.")).ToBeVisibleAsync();
        await Expect(open.Page.GetByLabel("Token")).ToHaveValueAsync("");
        await Expect(open.Captures).ToHaveCountAsync(0);

        await open.Page.GetByLabel("Token").FillAsync(Token);
        await AgentPage.ShootAsync(open.Page, "agent-page-token");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Captures).ToHaveCountAsync(1);
        await Expect(open.Page.GetByRole(AriaRole.Dialog)).ToBeHiddenAsync();
        Assert.Equal($"Bearer {Token}", await open.Page.EvaluateAsync<string>("sessionStorage.getItem('heapdrift-authorization')"));
        Assert.Equal(0, await open.Page.EvaluateAsync<int>("localStorage.length"));
    }

    [Fact]
    public async Task WhereTheAgentAsksForAUserThePageDoesAndNotTheBrowser()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder, ("HeapDrift__Alerts__BasicUser", "ann"), ("HeapDrift__Alerts__BasicPassword", "grün:gelb:blau:rot"));
        await using PlainWorker worker = await PlainWorker.StartAsync(10, "--nodes", "1000");

        // What a browser would send that asks by itself.
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent, new() { HttpCredentials = new() { Username = "ann", Password = "grün:gelb:blau:rot" } });

        await open.Button(worker.Id).ClickAsync();
        await Expect(open.Page.GetByLabel("User")).ToBeFocusedAsync();
        await Expect(open.Captures).ToHaveCountAsync(0);
        await open.Page.GetByLabel("User").FillAsync("ann");
        await open.Page.GetByLabel("Password").FillAsync("grün:gelb:blau:rot");
        await open.Page.Keyboard.PressAsync("Enter");

        await Expect(open.Captures).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task NamesOfWorkersAreTextWhateverTheySay()
    {
        const string Hostile = "<img src=x onerror=evil=1><script>evil=1</script>";
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder);
        await using PlainWorker worker = await PlainWorker.StartAsync(new ChildProcessStart(RepositoryPaths.PlainWorker(10), "--nodes", "1000")
        {
            Environment = new Dictionary<string, string?> { ["OTEL_SERVICE_NAME"] = Hostile },
        });
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent);

        await Expect(open.Worker(worker.Id).Locator("th")).ToContainTextAsync(Hostile);
        Assert.True(await open.Page.EvaluateAsync<bool>("typeof evil === 'undefined'"));
        Assert.Empty(open.Complaints);
    }

    [Fact]
    public async Task WithoutWorkersItSaysWhatToLookForAndWithoutAnAgentThatItIsGone()
    {
        using var folder = new TemporaryFolder();
        await using AgentProcess agent = await StartAsync(folder, (AgentProcess.Services, "nobody-has-this-name"));
        await using AgentPage open = await AgentPage.OpenAsync(fixture.Browser, agent);

        await Expect(open.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync("0 workers");
        await Expect(open.Page.Locator("#no-workers")).ToBeVisibleAsync();
        await Expect(open.Page.Locator("#no-captures")).ToBeVisibleAsync();
        await Expect(open.Page.GetByRole(AriaRole.Alert)).ToBeHiddenAsync();

        await agent.DisposeAsync();
        await Expect(open.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("The agent does not answer: this is what it said at", new() { Timeout = CaptureDeadline });
    }

    /// <summary>One of a fleet of pre-fork services, ten processes each, made of a real worker; number 17 is suspected.</summary>
    private static async Task<JsonNode> Fleet(AgentProcess agent, int pid, int number)
    {
        JsonNode worker = (await agent.WorkerAsync(pid))!.DeepClone();
        worker["pid"] = 100_000 + number;
        worker["isLeader"] = number % 10 == 0;
        worker["leaderPid"] = number % 10 == 0 ? null : 100_000 + (number / 10 * 10);
        worker["serviceName"] = $"checkout-and-payment-orchestration-of-the-northern-european-region-{number}";
        worker["name"] = "Company.Product.Department.Checkout.Orchestration.Service.Host";
        worker["limitBytes"] = 1L << 30;
        worker["timeToLimitSeconds"] = 5_000;
        worker["leak"] = number == 17 ? "suspected" : "healthy";
        return worker;
    }

    private static async Task<JsonNode> Python(AgentProcess agent, int pid, int shown, string disposition)
    {
        JsonNode worker = (await agent.WorkerAsync(pid))!.DeepClone();
        worker["pid"] = shown;
        worker["isDotNet"] = false;
        worker["sigusr2"] = disposition;
        worker["captureProblem"] = "it is not a .NET process";
        return worker;
    }

    private static Task<AgentProcess> StartAsync(TemporaryFolder folder, params (string Name, string Value)[] settings)
    {
        // A reading a second, so that there is a line to see.
        var environment = new Dictionary<string, string?> { ["HeapDrift__Watch__ReadInterval"] = "00:00:01", ["HeapDrift__Watch__MostReadShare"] = "0.01" };
        foreach ((string name, string value) in settings)
        {
            environment[name] = value;
        }

        return AgentProcess.StartAsync(folder.File("reports"), environment, "--window", "4s");
    }

    /// <summary>Of each colour that text has, on each that it stands on.</summary>
    private const string Contrasts = """
        (() => {
          const style = getComputedStyle(document.documentElement);
          const luminance = (name) => {
            const hex = style.getPropertyValue(name).trim().slice(1);
            const [r, g, b] = [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const contrast = (a, b) => (Math.max(luminance(a), luminance(b)) + 0.05) / (Math.min(luminance(a), luminance(b)) + 0.05);
          return [
            ...["--text", "--soft", "--accent", "--bad", "--warn", "--good"].map((color) => contrast(color, "--card")),
            ...["--text", "--soft", "--accent"].map((color) => contrast(color, "--page")),
            contrast("--on-accent", "--accent"),
          ];
        })()
        """;
}
