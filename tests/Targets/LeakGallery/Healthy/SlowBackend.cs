using LeakGallery.Hosting;

namespace Proxy.Forwarding;

internal sealed class ForwardedRequest(byte[] body)
{
    public int Size => body.Length;
}

/// <summary>A hundred or two requests are always under way.</summary>
internal sealed class SlowBackend : IProgram
{
    private static int _answered;

    public int RequestsPerSecond => 800;

    public void Serve(int number) => _ = ForwardAsync(new ForwardedRequest(new byte[20_000]), 100 + (number * 31 % 200));

    private static async Task ForwardAsync(ForwardedRequest request, int milliseconds)
    {
        await Task.Delay(milliseconds);
        Interlocked.Add(ref _answered, request.Size);
    }
}
