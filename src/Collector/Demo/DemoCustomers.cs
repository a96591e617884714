namespace HeapDrift.Collector.Demo;

/// <summary>People who order in the demo's shop, one order after the other each, until the demo is over.</summary>
internal sealed class DemoCustomers(Uri shop) : IAsyncDisposable
{
    public const int Count = 4;

    private static readonly TimeSpan ThinkTime = TimeSpan.FromMilliseconds(5);

    private readonly HttpClient _client = new() { BaseAddress = shop, Timeout = TimeSpan.FromSeconds(10) };
    private readonly CancellationTokenSource _closing = new();
    private Task[] _orders = [];

    public void Start() => _orders = [.. Enumerable.Range(0, Count).Select(_ => OrderAsync())];

    public async Task<bool> AreServedAsync()
    {
        try
        {
            using HttpResponseMessage answer = await _client.GetAsync(new Uri("/health", UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (Exception unserved) when (unserved is HttpRequestException or TaskCanceledException)
        {
            return false;
        }
    }

    /// <exception cref="DemoException">The shop refused.</exception>
    public async Task SwitchLeakOnAsync(string kind, CancellationToken cancellationToken)
    {
        using HttpResponseMessage answer = await _client.PutAsync(new Uri($"/leaks/{kind}", UriKind.Relative), null, cancellationToken);
        if (!answer.IsSuccessStatusCode)
        {
            throw new DemoException($"the shop did not switch the leak '{kind}' on: {(int)answer.StatusCode} {answer.ReasonPhrase}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        await Task.WhenAll(_orders);
        _client.Dispose();
        _closing.Dispose();
    }

    private async Task OrderAsync()
    {
        while (!_closing.IsCancellationRequested)
        {
            try
            {
                using HttpResponseMessage answer = await _client.PostAsync(new Uri("/orders", UriKind.Relative), null, _closing.Token);
                await Task.Delay(ThinkTime, _closing.Token);
            }
            catch (Exception left) when (left is OperationCanceledException or HttpRequestException)
            {
                // A customer who is turned away comes again; one whose shop closes goes home.
            }
        }
    }
}
