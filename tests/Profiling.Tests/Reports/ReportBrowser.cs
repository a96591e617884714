using HeapDrift.TestKit;
using Microsoft.Playwright;

namespace HeapDrift.Profiling.Tests.Reports;

/// <summary>A headless Chromium for the tests of one class.</summary>
public sealed class ReportBrowser : IAsyncLifetime
{
    private HeadlessBrowser? _browser;

    public async ValueTask InitializeAsync() => _browser = await HeadlessBrowser.StartAsync();

    public ValueTask DisposeAsync() => _browser?.DisposeAsync() ?? ValueTask.CompletedTask;

    /// <summary>Opens a page from disk, as a person would with a double click.</summary>
    internal async Task<OpenReport> OpenAsync(string html, BrowserNewContextOptions? options = null) =>
        await OpenReport.OpenAsync(await _browser!.NewContextAsync(options), html);
}

/// <summary>A page that lies on disk and is open, with everything that went wrong and everything that it asked for.</summary>
internal sealed class OpenReport : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly string _folder = Directory.CreateTempSubdirectory("heapdrift-test-").FullName;
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    private OpenReport(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Console += (_, message) => _complaints.Add(message.Text);
        page.PageError += (_, error) => _complaints.Add(error);
        page.Request += (_, request) => _requests.Add(request.Url);
    }

    public IPage Page { get; }

    public ILocator Growth => Page.Locator("section.flame").First;

    /// <summary>What the console and uncaught errors said.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Addresses that were asked for beside the page itself.</summary>
    public IReadOnlyList<string> Requests => [.. _requests.Where(address => address != Page.Url)];

    public static async Task<OpenReport> OpenAsync(IBrowserContext context, string html)
    {
        var report = new OpenReport(context, await context.NewPageAsync());
        string file = Path.Join(report._folder, "report.html");
        await File.WriteAllTextAsync(file, html);
        await report.Page.GotoAsync(new Uri(file).AbsoluteUri, new() { WaitUntil = WaitUntilState.Load });
        return report;
    }

    public async ValueTask DisposeAsync()
    {
        await _context.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
