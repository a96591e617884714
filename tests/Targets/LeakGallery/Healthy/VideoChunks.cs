using LeakGallery.Hosting;

namespace Streaming.Chunks;

internal sealed class VideoChunks : IProgram
{
    private readonly byte[][] _window = new byte[6][];

    public int RequestsPerSecond => 40;

    /// <summary>The last chunks are kept for who comes late; their sizes differ.</summary>
    public void Serve(int number) => _window[number % _window.Length] = new byte[800_000 + (number * 7919 % 900_000)];
}
