using Shop.Orders;

namespace Shop;

/// <summary>Sessions of customers, by session id. Nobody ever logs out.</summary>
internal static class Cache
{
    public static readonly Dictionary<string, Session> Sessions = [];

    public static Session Open(string userName)
    {
        var session = new Session(userName);
        lock (Sessions)
        {
            Sessions.Add(Guid.NewGuid().ToString("N"), session);
        }

        return session;
    }
}

internal sealed class Session(string userName)
{
    public string UserName { get; } = userName;

    public byte[] Payload { get; } = new byte[2000];
}

internal sealed class SessionCacheLeak : ILeak
{
    public string Kind => LeakKinds.SessionCache;

    public string Description => "every order opens a session in a static dictionary, and no session expires";

    public void OrderPlaced(Order order, IServiceProvider requestServices) => Cache.Open(order.Customer);
}
