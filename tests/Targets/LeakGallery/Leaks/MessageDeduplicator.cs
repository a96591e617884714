using LeakGallery.Hosting;

namespace Mail.Inbound;

internal static class MessageDeduplicator
{
    private static readonly HashSet<string> SeenMessageIds = new(StringComparer.Ordinal);

    public static bool IsNew(int sequence, string host)
    {
        var id = $"<{sequence:D12}.{host}.relay.smtp.example.internal.mail.transport.agent>"; // allocates
        return SeenMessageIds.Add(id);
    }
}

internal sealed class MailReceiver : IProgram
{
    private readonly string[] _hosts = ["alpha-one", "beta-two", "gamma-three"];

    public int Accepted { get; private set; }

    public int RequestsPerSecond => 15000;

    public void Serve(int number)
    {
        if (MessageDeduplicator.IsNew(number, _hosts[number % _hosts.Length])) // allocates
        {
            Accepted++;
        }
    }
}
