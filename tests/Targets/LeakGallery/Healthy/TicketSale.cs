using LeakGallery.Hosting;

namespace Tickets.Sale;

internal sealed record Basket(int Buyer, byte[] Seats);

/// <summary>The sale opens and everybody comes at once; two seconds later all have bought.</summary>
internal sealed class TicketSale : IProgram
{
    private static readonly Dictionary<int, Basket> Open = [];

    public int RequestsPerSecond => 1000;

    public void Serve(int number)
    {
        if (number is > 4000 and < 5500)
        {
            Open[number] = new Basket(number, new byte[12_000]);
        }
        else if (number == 6500)
        {
            Open.Clear();
        }
    }
}
