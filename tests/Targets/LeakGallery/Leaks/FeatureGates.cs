using LeakGallery.Hosting;
using Microsoft.Extensions.Primitives;

namespace Portal.Features;

internal sealed class FeatureSettings
{
    private readonly CancellationTokenSource _reload = new();

    public static FeatureSettings Current { get; } = new();

    public IChangeToken GetReloadToken() => new CancellationChangeToken(_reload.Token);
}

/// <summary>One to a request. It wants to know when the settings change under it.</summary>
internal sealed class FeatureGate(bool[] switches)
{
    public FeatureGate Watch()
    {
        ChangeToken.OnChange(FeatureSettings.Current.GetReloadToken, Refresh);
        return this;
    }

    private void Refresh() => switches.AsSpan().Clear();
}

internal sealed class FeatureMiddleware : IProgram
{
    public int RequestsPerSecond => 2000;

    public void Serve(int number) => Enter(2000); // allocates

    private static FeatureGate Enter(int features) => new FeatureGate(new bool[features]).Watch(); // allocates
}
