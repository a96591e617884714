using System.Diagnostics.CodeAnalysis;
using Shop.Orders;

namespace Shop;

/// <summary>
/// Reminds a customer of an order that is not paid. The timer's callback is this object and this object holds the timer: the runtime's
/// timer queue keeps both until somebody disposes of the timer. (A timer that nobody holds would be collected.)
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "That is the leak.")]
internal sealed class PaymentReminder
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private readonly char[] _letter = new char[1000];
    private readonly Timer _timer;

    public PaymentReminder(Order order)
    {
        order.Customer.AsSpan(0, Math.Min(order.Customer.Length, _letter.Length)).CopyTo(_letter);
        _timer = new Timer(Remind, null, Interval, Interval);
    }

    public void Postpone() => _timer.Change(Interval * 2, Interval);

    private void Remind(object? state) => _letter[0] = char.ToUpperInvariant(_letter[0]);
}

internal sealed class TimerLeak : ILeak
{
    public string Kind => LeakKinds.Timers;

    public string Description => "every order starts a timer that is never disposed";

    public void OrderPlaced(Order order, IServiceProvider requestServices)
    {
        var reminder = new PaymentReminder(order);
        if (order.Quantity > 1)
        {
            reminder.Postpone();
        }
    }
}
