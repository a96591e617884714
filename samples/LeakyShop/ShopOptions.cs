using System.Globalization;

namespace Shop;

/// <param name="Url">Where to listen.</param>
/// <param name="Workers">How many processes share the listening socket; null: this process serves alone.</param>
/// <param name="ListenHandle">In a worker of a leader, the descriptor of the inherited listening socket.</param>
/// <param name="Leaks">Kinds of leaks that are on from the start.</param>
internal sealed record ShopOptions(string Url, int? Workers, ulong? ListenHandle, IReadOnlyList<string> Leaks)
{
    public const string ListenHandleOption = "--listen-handle";
    private const string DefaultUrl = "http://127.0.0.1:5080";
    private const int MostWorkers = 64;

    public bool IsLeader => Workers is not null && ListenHandle is null;

    /// <exception cref="UsageException">An option has a value that it cannot have.</exception>
    public static ShopOptions Read(IConfiguration configuration, string[] args)
    {
        // The configuration drops an option that nothing follows; a leader that quietly serves alone would be a surprise.
        var workers = args is [.., "--workers"] ? "" : configuration["workers"];
        var handle = configuration[ListenHandleOption[2..]];
        var url = configuration["urls"];
        return new ShopOptions(
            string.IsNullOrWhiteSpace(url) ? DefaultUrl : url,
            workers is null ? null : ParseWorkers(workers),
            handle is null ? null : ParseHandle(handle),
            ParseLeaks(configuration["leaks"] ?? ""));
    }

    private static int ParseWorkers(string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostWorkers
            ? count
            : throw new UsageException($"--workers takes a number from 1 to {MostWorkers}, not '{value}'");

    private static ulong ParseHandle(string value) =>
        ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var handle)
            ? handle
            : throw new UsageException($"{ListenHandleOption} takes the number of an open socket, not '{value}'; the leader sets it");

    private static string[] ParseLeaks(string value)
    {
        var kinds = value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var unknown = kinds.Except(LeakKinds.All).FirstOrDefault();
        return unknown is null
            ? kinds
            : throw new UsageException($"--leaks knows no '{unknown}'; it knows {string.Join(", ", LeakKinds.All)}");
    }
}
