using LeakGallery.Hosting;

namespace Bank.Accounts;

internal sealed class Posting
{
    public required string Account { get; init; }

    public required decimal Amount { get; init; }

    public required DateTime BookedAt { get; init; }

    public required string Text { get; init; }
}

internal sealed class Ledger : IProgram
{
    private static readonly List<Posting> Today = [];

    public int RequestsPerSecond => 10000;

    public void Serve(int number) => Book($"DE{number % 300:D20}", number * 0.01m); // allocates

    private static void Book(string account, decimal amount)
    {
        var posting = new Posting // allocates
        {
            Account = account,
            Amount = amount,
            BookedAt = DateTime.UnixEpoch.AddSeconds((double)amount),
            Text = string.Concat("transfer of ", amount.ToString("N2"), " from ", account, " as agreed in the standing order"), // allocates
        };
        lock (Today)
        {
            Today.Add(posting);
        }
    }
}
