using Microsoft.Playwright;

namespace HeapDrift.Profiling.Tests.Reports;

/// <summary>A headless Chromium for the tests of one class.</summary>
public sealed class ReportBrowser : IAsyncLifetime
{
    /// <summary>Where Debian's package has it. Playwright's own would be downloaded.</summary>
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>It starts in a second on an idle machine.</summary>
    private const float DeadlineMilliseconds = 90_000;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Chromium,
            Timeout = DeadlineMilliseconds,

            // There is no screen and no graphics card: without the process that looks for one there is none to wait for.
            Args = ["--disable-gpu"],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>Opens a page from disk, as a person would with a double click.</summary>
    internal async Task<OpenReport> OpenAsync(string html, BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.ReducedMotion = ReducedMotion.Reduce;
        IBrowserContext context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(DeadlineMilliseconds);
        return await OpenReport.OpenAsync(context, html);
    }
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
