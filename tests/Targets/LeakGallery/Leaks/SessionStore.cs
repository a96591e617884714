using LeakGallery.Hosting;

namespace Shop.Checkout;

internal sealed record Session(string Id, string Customer, byte[] Basket);

internal static class SessionStore
{
    private static readonly Dictionary<string, Session> Sessions = [];

    public static int Count => Sessions.Count;

    public static void Open(string customer)
    {
        var id = Guid.NewGuid().ToString("N");
        Sessions[id] = new Session(id, customer, new byte[1500]); // allocates
    }
}

internal sealed class CheckoutService : IProgram
{
    public int RequestsPerSecond => 3000;

    public void Serve(int number) => SessionStore.Open($"customer {number % 500}"); // allocates
}
