using LeakGallery.Hosting;

namespace Gallery.Thumbnails;

internal static class ThumbnailStore
{
    private static readonly List<byte[]> Rendered = [];

    public static int Render(int width, int height)
    {
        var pixels = new byte[width * height * 4]; // allocates
        pixels.AsSpan().Fill(0x7F);
        Rendered.Add(pixels);
        return Rendered.Count;
    }
}

internal sealed class PhotoService : IProgram
{
    public int RequestsPerSecond => 60;

    public void Serve(int number) => ThumbnailStore.Render(160, 160 + (number % 10)); // allocates
}
