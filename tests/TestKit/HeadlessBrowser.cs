using Microsoft.Playwright;

namespace HeapDrift.TestKit;

/// <summary>A Chromium without a screen.</summary>
public sealed class HeadlessBrowser : IAsyncDisposable
{
    /// <summary>Where Debian's package has it. Playwright's own would be downloaded.</summary>
    private const string Chromium = "/usr/bin/chromium";

    /// <summary>It starts in a second on an idle machine.</summary>
    private const float DeadlineMilliseconds = 90_000;

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private HeadlessBrowser(IPlaywright playwright, IBrowser browser) => (_playwright, _browser) = (playwright, browser);

    public static async Task<HeadlessBrowser> StartAsync()
    {
        IPlaywright playwright = await Playwright.CreateAsync();
        try
        {
            return new(playwright, await playwright.Chromium.LaunchAsync(new()
            {
                ExecutablePath = Chromium,
                Timeout = DeadlineMilliseconds,

                // There is no screen and no graphics card: without the process that looks for one there is none to wait for.
                Args = ["--disable-gpu"],
            }));
        }
        catch
        {
            playwright.Dispose();
            throw;
        }
    }

    /// <summary>A person of its own: nothing of other contexts is known there.</summary>
    public async Task<IBrowserContext> NewContextAsync(BrowserNewContextOptions? options = null)
    {
        options ??= new();
        options.ReducedMotion = ReducedMotion.Reduce;
        IBrowserContext context = await _browser.NewContextAsync(options);
        context.SetDefaultTimeout(DeadlineMilliseconds);
        return context;
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
    }
}
