using System.Runtime.CompilerServices;

namespace Shop;

public sealed class Cache<TKey, TValue>
    where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _table = [];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public TValue? Get(TKey key)
    {
        Sight.Here("generic type");
        return _table.GetValueOrDefault(key);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public TOther? Convert<TOne, TOther>(TOne one)
    {
        Sight.Here("generic method");
        return default;
    }

    public async Task<T?> GetAsync<T>(TKey key)
    {
        await Task.Yield();
        Sight.Here("generic async");
        return default;
    }

    public int Find<T>(TKey key)
    {
        Func<TKey, int> find = other => Sight.Here("generic lambda") + other.GetHashCode() + typeof(T).GetHashCode() + key.GetHashCode();
        return find(key);
    }

    public int Walk<T>(TKey key)
    {
        return Step<long>(key);

        int Step<TStep>(TKey other)
        {
            return Sight.Here("generic local function") + key.GetHashCode() + typeof(TStep).GetHashCode() + typeof(T).GetHashCode();
        }
    }

    public IEnumerable<T?> All<T>()
    {
        Sight.Here("generic iterator");
        yield return default;
    }

    public sealed class Entry<TEntry>
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Touch(TEntry entry) => Sight.Here("nested generic");
    }
}
