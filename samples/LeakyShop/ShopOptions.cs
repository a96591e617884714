namespace Shop;

/// <param name="Url">Where to listen.</param>
/// <param name="Leaks">Kinds of leaks that are on from the start.</param>
internal sealed record ShopOptions(string Url, IReadOnlyList<string> Leaks)
{
    private const string DefaultUrl = "http://127.0.0.1:5080";

    /// <exception cref="UsageException">An option has a value that it cannot have.</exception>
    public static ShopOptions Read(IConfiguration configuration)
    {
        var url = configuration["urls"];
        return new ShopOptions(
            string.IsNullOrWhiteSpace(url) ? DefaultUrl : url,
            ParseLeaks(configuration["leaks"] ?? ""));
    }

    private static string[] ParseLeaks(string value)
    {
        var kinds = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var unknown = kinds.Except(LeakKinds.All).FirstOrDefault();
        return unknown is null
            ? kinds
            : throw new UsageException($"--leaks knows no '{unknown}'; it knows {string.Join(", ", LeakKinds.All)}");
    }
}
