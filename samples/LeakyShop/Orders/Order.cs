namespace Shop.Orders;

internal sealed record Order(long Id, string Customer, int ProductId, int Quantity, decimal Total, DateTimeOffset PlacedAt);
