using LeakGallery.Hosting;
using Microsoft.Extensions.Caching.Memory;

namespace Translation.Caching;

internal sealed record Translated(string Text, byte[] Audio);

internal sealed class TranslationCache : IProgram
{
    private static readonly MemoryCache Cache = new(new MemoryCacheOptions { SizeLimit = 2000, CompactionPercentage = 0.1 });

    private static readonly MemoryCacheEntryOptions Entry = new() { Size = 1, SlidingExpiration = TimeSpan.FromMinutes(5) };

    public int RequestsPerSecond => 5000;

    public void Serve(int number)
    {
        var key = $"sentence {number}";
        Cache.Set(key, new Translated(key, new byte[1000]), Entry);
    }
}
