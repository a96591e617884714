namespace HeapDrift.Collector.Tests.Symbols;

/// <summary>How the methods of tests/Targets/PlainWorker/Frames are to be written.</summary>
internal static class ShapeNames
{
    public static readonly IReadOnlyDictionary<string, string> Expected = new Dictionary<string, string>
    {
        ["method"] = "Shop.Cart.Add(int, string)",
        ["constructor"] = "Shop.Cart.Cart(string)",
        ["static constructor"] = "static Shop.StaticallyMade.StaticallyMade()",
        ["getter"] = "Shop.Cart.Total.get()",
        ["setter"] = "Shop.Cart.Total.set(int)",
        ["indexer"] = "Shop.Cart.this[].get(string)",
        ["event"] = "Shop.Cart.Changed.add(EventHandler)",
        ["operator"] = "Shop.Cart.operator +(Cart, Cart)",
        ["conversion"] = "Shop.Cart.explicit operator(Cart)",
        ["explicit implementation"] = "Shop.Cart.IEnumerable<Item>.GetEnumerator()",
        ["default implementation"] = "Shop.ICart.Clear(int)",
        ["async"] = "Shop.Cart.AddAsync(...)",
        ["async before await"] = "Shop.Cart.AddAtOnceAsync(...)",
        ["lambda"] = "Shop.Cart.Load.<lambda>(int)",
        ["closure"] = "Shop.Cart.LoadFor.<lambda>()",
        ["async lambda"] = "Shop.Cart.LoadAsync.<lambda>(...)",
        ["local function"] = "Shop.Cart.Count.Twice(int)",
        ["capturing local function"] = "Shop.Cart.CountFor.Twice(int)",
        ["async local function"] = "Shop.Cart.CountAsync.TwiceAsync(...)",
        ["iterator"] = "Shop.Cart.Items(...)",
        ["async iterator"] = "Shop.Cart.ItemsAsync(...)",
        ["generic type"] = "Shop.Cache<_, int>.Get(_)",
        ["generic method"] = "Shop.Cache<_, int>.Convert<_, long>(_)",
        ["generic async"] = "Shop.Cache<_, _>.GetAsync<_>(...)",
        ["generic lambda"] = "Shop.Cache<_, int>.Find<_>.<lambda>(_)",
        ["generic local function"] = "Shop.Cache<int, _>.Walk.Step(int)",
        ["generic iterator"] = "Shop.Cache<int, _>.All<long>(...)",
        ["nested generic"] = "Shop.Cache<_, int>.Entry<_>.Touch(_)",
        ["nested"] = "Shop.Cart.Line.Print(int[], int[,], ref int, Dictionary<string, List<Item>>, int?, (int, string))",
        ["extension"] = "Shop.CartExtensions.Describe(Cart)",
        ["extension block"] = "Shop.CartExtensions.Double(Cart, int)",
        ["record"] = "Shop.Noisy.ToString()",
        ["file-local"] = "Shop.Hidden.Run()",
        ["value type"] = "Shop.Money.Round(int)",
        ["static virtual"] = "Shop.Money.Read(string)",
        ["recursion"] = "Shop.Cart.Walk(int)",
        ["top-level local function"] = "Program.Main.Outside(int)",
        ["top-level lambda"] = "Program.Main.<lambda>()",
    };

    /// <summary>The events do not tell the arguments of generic methods.</summary>
    public static string FromEvents(string shape) => Expected[shape].Replace("Convert<_, long>", "Convert", StringComparison.Ordinal);
}
