using HeapDrift.TestKit;

namespace HeapDrift.EndToEnd.Tests.Page;

/// <summary>One Chromium for the tests of a class.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    private HeadlessBrowser? _browser;

    public HeadlessBrowser Browser => _browser!;

    public async ValueTask InitializeAsync() => _browser = await HeadlessBrowser.StartAsync();

    public ValueTask DisposeAsync() => _browser?.DisposeAsync() ?? ValueTask.CompletedTask;
}
