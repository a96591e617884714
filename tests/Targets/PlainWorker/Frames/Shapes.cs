using System.Runtime.CompilerServices;

namespace Shop;

/// <summary>One method of every kind that C# compiles into something of another name.</summary>
public static class Shapes
{
    public static void Start(string shape, Action body) => new Thread(() => body()) { IsBackground = true, Name = shape }.Start();

    public static int StartAll()
    {
        var cart = new Cart();
        (string Shape, Action Body)[] shapes =
        [
            ("method", () => cart.Add(1, "one")),
            ("constructor", () => _ = new Cart("full")),
            ("static constructor", () => _ = StaticallyMade.Value),
            ("getter", () => _ = cart.Total),
            ("setter", () => cart.Total = 3),
            ("indexer", () => _ = cart["one"]),
            ("event", () => cart.Changed += (_, _) => { }),
            ("operator", () => _ = cart + cart),
            ("conversion", () => _ = (int)cart),
            ("explicit implementation", () => ((IEnumerable<Item>)cart).GetEnumerator()),
            ("default implementation", () => ((ICart)cart).Clear(2)),
            ("async", () => cart.AddAsync(new Item(1)).Wait()),
            ("async before await", () => cart.AddAtOnceAsync(new Item(1)).Wait()),
            ("lambda", () => cart.Load()),
            ("closure", () => cart.LoadFor(1)),
            ("async lambda", () => cart.LoadAsync("one").Wait()),
            ("local function", () => cart.Count(2)),
            ("capturing local function", () => cart.CountFor(2)),
            ("async local function", () => cart.CountAsync(2).Wait()),
            ("iterator", () => _ = cart.Items(3).Count()),
            ("async iterator", () => Drain(cart.ItemsAsync(3)).Wait()),
            ("generic type", () => new Cache<string, int>().Get("one")),
            ("generic method", () => new Cache<string, int>().Convert<Item[], long>([])),
            ("generic async", () => new Cache<string, List<int>>().GetAsync<Item>("one").Wait()),
            ("generic lambda", () => new Cache<string, int>().Find<Item>("one")),
            ("generic local function", () => new Cache<int, Item>().Walk<Item>(1)),
            ("generic iterator", () => _ = new Cache<int, Item>().All<long>().Count()),
            ("nested generic", () => new Cache<string, int>.Entry<Item>().Touch(new Item(1))),
            ("nested", () => new Cart.Line().Print([1], new int[1, 1], ref s_number)),
            ("extension", () => cart.Describe()),
            ("extension block", () => _ = cart.Double(2)),
            ("record", () => _ = new Order(new Noisy()).ToString()),
            ("file-local", () => Hidden.Run()),
            ("value type", () => new Money(1).Round(2)),
            ("static virtual", () => Money.Parse<Money>("1")),
            ("recursion", () => cart.Walk(3)),
        ];
        foreach (var (shape, body) in shapes)
        {
            Start(shape, body);
        }

        return shapes.Length;
    }

    private static int s_number;

    private static async Task Drain(IAsyncEnumerable<int> items)
    {
        await foreach (var _ in items)
        {
        }
    }
}

public interface ICart
{
    void Clear(int more) => Sight.Here("default implementation");
}

public sealed record Item(int Number);

public sealed record Order(Noisy Part);

public sealed class Noisy
{
    public override string ToString() => $"{Sight.Here("record")}";
}

public static class StaticallyMade
{
    public static readonly int Value;

    static StaticallyMade()
    {
        Value = 1;
        Sight.Here("static constructor");
    }
}

file static class Hidden
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Run() => Sight.Here("file-local");
}

public interface IParsed<TSelf>
    where TSelf : IParsed<TSelf>
{
    static abstract TSelf Read(string text);
}

public readonly struct Money(int amount) : IParsed<Money>
{
    public static Money Read(string text) => new(Sight.Here("static virtual"));

    public static T Parse<T>(string text)
        where T : IParsed<T> => T.Read(text);

    [MethodImpl(MethodImplOptions.NoInlining)]
    public int Round(int digits) => Sight.Here("value type") + amount;
}

public static class CartExtensions
{
    extension(Cart cart)
    {
        [MethodImpl(MethodImplOptions.NoInlining)]
        public int Double(int times) => Sight.Here("extension block") + times + cart.GetHashCode();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Describe(this Cart cart) => Sight.Here("extension");
}
