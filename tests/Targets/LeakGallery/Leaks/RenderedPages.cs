using LeakGallery.Hosting;
using Microsoft.Extensions.Caching.Memory;

namespace Blog.Rendering;

internal sealed record RenderedPage(string Url, char[] Html);

internal sealed class PageRenderer : IProgram
{
    private static readonly MemoryCache Pages = new(new MemoryCacheOptions());

    public int RequestsPerSecond => 1500;

    public void Serve(int number) => Render($"/posts?from=newsletter&click={number}"); // allocates

    private static RenderedPage Render(string url) => Pages.GetOrCreate(url, entry =>
    {
        entry.SlidingExpiration = TimeSpan.FromHours(2);
        return new RenderedPage(url, new char[1000]); // allocates
    })!;
}
