using System.Collections;
using System.Runtime.CompilerServices;

namespace Shop;

public sealed class Cart : IEnumerable<Item>, ICart
{
    private readonly int[] _numbers = new int[4];

    public Cart()
    {
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public Cart(string name)
    {
        _numbers[0] = name.Length;
        Sight.Here("constructor");
    }

    public event EventHandler Changed
    {
        add
        {
            _numbers[1]++;
            Sight.Here("event");
        }

        remove => _numbers[1]--;
    }

    public int Total
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get => Sight.Here("getter");

        [MethodImpl(MethodImplOptions.NoInlining)]
        set => _numbers[2] = value + Sight.Here("setter");
    }

    public int this[string name]
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        get => Sight.Here("indexer") + name.Length;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Cart operator +(Cart one, Cart other)
    {
        Sight.Here("operator");
        return one ?? other;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static explicit operator int(Cart cart) => Sight.Here("conversion") + cart._numbers[0];

    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Add(int number, string name)
    {
        _numbers[0] = number;
        Sight.Here("method");
        _numbers[0] = name.Length;
    }

    public async Task<int> AddAsync(Item item)
    {
        await Task.Yield();
        var before = _numbers[0];
        try
        {
            await Task.Delay(1);
            _numbers[0] = item.Number;
            Sight.Here("async");
        }
        finally
        {
            _numbers[0] = before;
        }

        return _numbers[0];
    }

    public async Task AddAtOnceAsync(Item item)
    {
        _numbers[0] = item.Number;
        Sight.Here("async before await");
        await Task.Yield();
    }

    public int Load()
    {
        Func<int, int> twice = number =>
        {
            number++;
            return Sight.Here("lambda") + number;
        };
        return twice(1);
    }

    public int LoadFor(int customer)
    {
        Func<int, int> plus = number => number + customer;
        Func<int, int> first = number =>
        {
            Func<int> inner = () => Sight.Here("closure") + number + customer;
            return inner();
        };
        return plus(1) + first(1);
    }

    public async Task<int> LoadAsync(string name)
    {
        Func<int, Task<int>> first = async number =>
        {
            await Task.Yield();
            return Sight.Here("async lambda") + number + name.Length;
        };
        return await first(1);
    }

    public int Count(int times)
    {
        return Twice(times);

        static int Twice(int number)
        {
            number *= 2;
            return Sight.Here("local function") + number;
        }
    }

    public int CountFor(int times)
    {
        return Twice(1);

        int Twice(int number)
        {
            return Sight.Here("capturing local function") + times + number;
        }
    }

    public async Task<int> CountAsync(int times)
    {
        return await TwiceAsync(times);

        async Task<int> TwiceAsync(int number)
        {
            await Task.Yield();
            return Sight.Here("async local function") + times + number;
        }
    }

    public IEnumerable<int> Items(int count)
    {
        yield return count;
        Sight.Here("iterator");
        yield return count + 1;
    }

    public async IAsyncEnumerable<int> ItemsAsync(int count)
    {
        yield return count;
        await Task.Yield();
        Sight.Here("async iterator");
        yield return count + 1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Walk(int depth)
    {
        return depth == 0 ? Sight.Here("recursion") : Walk(depth - 1) + 1;
    }

    IEnumerator<Item> IEnumerable<Item>.GetEnumerator()
    {
        Sight.Here("explicit implementation");
        return null!;
    }

    IEnumerator IEnumerable.GetEnumerator() => null!;

    public sealed class Line
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public void Print(int[] numbers, int[,] grid, ref int number, Dictionary<string, List<Item>>? all = null, int? maybe = null, (int, string) pair = default)
        {
            number = numbers.Length + grid.Length;
            Sight.Here("nested");
        }
    }
}
