using System.Globalization;
using System.Text.Json.Nodes;
using HeapDrift.TestKit;
using Microsoft.Playwright;

namespace HeapDrift.EndToEnd.Tests.Page;

/// <summary>The agent's page, open in a browser, with everything that went wrong and everything that it asked for.</summary>
internal sealed class AgentPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    private AgentPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        Listen(page);
        context.Page += (_, opened) => Listen(opened);
    }

    public IPage Page { get; }

    /// <summary>What the console and uncaught errors said.</summary>
    public IReadOnlyList<string> Complaints => [.. _complaints];

    public IReadOnlyList<string> Requests => [.. _requests];

    public static async Task<AgentPage> OpenAsync(HeadlessBrowser browser, AgentProcess agent, BrowserNewContextOptions? options = null)
    {
        IBrowserContext context = await browser.NewContextAsync(options);
        var page = new AgentPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(agent.Client.BaseAddress!.ToString());
        return page;
    }

    /// <summary>The row of a worker.</summary>
    public ILocator Worker(int pid) => Page.Locator("#worker-table tbody tr").Filter(new() { Has = Button(pid) });

    /// <summary>As a screen reader names it.</summary>
    public ILocator Button(int pid) => Page.GetByRole(AriaRole.Button, new() { NameRegex = new(string.Create(CultureInfo.InvariantCulture, $"^(Capture|Capturing\\.\\.\\.) .*process {pid}(\\.|$)")) });

    /// <summary>From the next look at the agent on it answers that it watches these.</summary>
    public async Task ShowAsync(IEnumerable<Task<JsonNode>> workers)
    {
        string answer = new JsonArray([.. await Task.WhenAll(workers)]).ToJsonString();
        await Page.RouteAsync("**/api/workers", route => route.FulfillAsync(new() { Body = answer, ContentType = "application/json" }));
    }

    /// <summary>The rows of captures, the newest first.</summary>
    public ILocator Captures => Page.Locator("#capture-table tbody tr");

    /// <summary>Kept as an artefact of CI.</summary>
    public static Task ShootAsync(IPage page, string name) =>
        page.ScreenshotAsync(new() { Path = RepositoryPaths.File("artifacts", "screenshots", $"{name}.png"), FullPage = true });

    public ValueTask DisposeAsync() => _context.DisposeAsync();

    private void Listen(IPage page)
    {
        page.Console += (_, message) => _complaints.Add($"{message.Type}: {message.Text}");
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
    }
}
