using System.Collections.Concurrent;
using LeakGallery.Hosting;

namespace Travel.Partners;

/// <summary>A client to each booking, for its own headers and cookies.</summary>
internal static class PartnerClients
{
    private static readonly ConcurrentDictionary<string, HttpClient> Clients = new();

    public static HttpClient For(string booking) => Clients.GetOrAdd(booking, Create); // allocates

    private static HttpClient Create(string booking)
    {
        var client = new HttpClient(new SocketsHttpHandler { UseCookies = true, MaxConnectionsPerServer = 4 }); // allocates
        client.DefaultRequestHeaders.Add("X-Booking", booking); // allocates
        client.BaseAddress = new Uri("https://partner.invalid/"); // allocates
        return client;
    }
}

internal sealed class BookingService : IProgram
{
    public int RequestsPerSecond => 1500;

    public void Serve(int number) => PartnerClients.For($"booking {number}"); // allocates
}
